'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { describeEntry } from '#components/mode/audit-words.ts'
import { useMoment } from '#components/mode/use-moment.ts'
import { auditQuery, batchQuery, newestAlertsQuery } from '#components/query/queries.ts'
import { type LinkExtra, useViewLink } from '#components/query/use-view-state.ts'
import { CheckIcon } from '#components/ui/icons.tsx'
import { type Check, checkBreadth, checkGaps, checkModeChange, checkRequest } from '#lib/alerts/checks.ts'
import { prepareRunbook, type RunbookStep, type RunbookTarget } from '#lib/alerts/runbook.ts'
import { alertBadBatchParams, alertBatchParams } from '#lib/alerts/scope.ts'
import { toolsOf } from '#lib/alerts/words.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import aside from './aside.module.css'
import styles from './runbook-panel.module.css'
import { useToolEffects } from './use-tool-effects.ts'

const HOUR_MS = 3_600_000

/** What is answered already, then what is left to do, numbered. */
export function RunbookPanel({ alert }: { readonly alert: AlertDetail }) {
  const checks = useChecks(alert)
  const steps = prepareRunbook(alert, useToolEffects(alert))
  const link = useViewLink()
  return (
    <section className={aside.panel} aria-labelledby="runbook-head">
      <div className={aside.head}>
        <h2 id="runbook-head" className={aside.title}>
          Step by step
        </h2>
        <span className={aside.note}>ticked: answered from what is recorded</span>
      </div>
      <ol className={styles.steps}>
        {checks.map((check) => (
          <li key={check.question} className={styles.step} data-done>
            <span className={styles.mark}>
              <CheckIcon />
            </span>
            <div>
              <h3 className={styles.stepTitle}>{check.question}</h3>
              <p className={styles.text}>
                {check.answer}{' '}
                {check.link === null ? null : (
                  <Link href={link(...checkTarget(check.link, alert))} className={styles.link}>
                    {check.link === 'mode' ? 'Audit trail' : 'Alerts of that hour'}
                  </Link>
                )}
              </p>
            </div>
          </li>
        ))}
        {steps.map((step, index) => (
          <Step key={step.title} step={step} number={index + 1} alert={alert} />
        ))}
      </ol>
    </section>
  )
}

interface StepProps {
  readonly step: RunbookStep
  readonly number: number
  readonly alert: AlertDetail
}

function Step({ step, number, alert }: StepProps) {
  const link = useViewLink()
  return (
    <li className={styles.step}>
      <span className={styles.mark}>{number}</span>
      <div>
        <h3 className={styles.stepTitle}>{step.title}</h3>
        <p className={styles.text}>
          {step.text}{' '}
          {step.links.map(({ label, target }) => {
            const to = targetOf(target, alert)
            return to === null ? null : (
              <Link key={target} href={link(...to)} className={styles.link}>
                {label}
              </Link>
            )
          })}
        </p>
      </div>
    </li>
  )
}

/** The questions that have an answer by now. */
function useChecks(alert: AlertDetail): readonly Check[] {
  const moment = useMoment()
  const audit = useQuery(auditQuery())
  const others = useQuery(
    newestAlertsQuery({
      state: 'all',
      environment: [alert.environment],
      from: Math.floor(alert.onset_at - HOUR_MS),
      to: Math.ceil(alert.onset_at + HOUR_MS),
    }),
  )
  const before = useBatch(alert.evidence.batches_before[0])
  const after = useBatch(alert.evidence.batches_after[0])
  const checks: (Check | null)[] = [
    audit.data ? checkModeChange(alert, audit.data.entries, (entry) => describeEntry(entry, moment)) : null,
    others.data ? checkBreadth(alert, others.data.alerts) : null,
    alert.kind === 'collapse' && after
      ? checkRequest({ before: before?.parallel_requested ?? null, after: after.parallel_requested })
      : null,
    alert.kind === 'serialized' && after ? checkGaps(after.calls) : null,
  ]
  return checks.filter((check) => check !== null)
}

function useBatch(batchId: string | undefined) {
  const { data } = useQuery({ ...batchQuery(batchId ?? ''), enabled: batchId !== undefined })
  return batchId === undefined ? undefined : data
}

type Address = readonly [pathname: string, extra?: LinkExtra]

function checkTarget(target: 'mode' | 'alerts', alert: AlertDetail): Address {
  if (target === 'mode') return ['/mode']
  return [
    '/alerts',
    {
      state: 'all',
      range: null,
      from: Math.floor(alert.onset_at - HOUR_MS),
      to: Math.ceil(alert.onset_at + HOUR_MS),
      environment: [alert.environment],
      agent: [],
    },
  ]
}

/** Null where the alert does not name what the step would lead to. */
function targetOf(target: RunbookTarget, alert: AlertDetail): Address | null {
  const [tool] = toolsOf(alert)
  const { first_bad_batch_id: firstBad } = alert.evidence
  switch (target) {
    case 'first-bad-batch':
      return firstBad === null ? null : [`/batches/${encodeURIComponent(firstBad)}`]
    case 'bad-batches':
      return ['/batches', alertBadBatchParams(alert)]
    case 'good-batches':
      return ['/batches', { ...alertBatchParams(alert), to: Math.floor(alert.onset_at) }]
    case 'batches':
      return ['/batches', alertBatchParams(alert)]
    case 'tool':
      return tool === undefined ? null : [`/tools/${encodeURIComponent(tool)}`]
    case 'sibling':
      return alert.key.sibling === undefined ? null : [`/tools/${encodeURIComponent(alert.key.sibling)}`]
    case 'mode':
      return ['/mode']
  }
}

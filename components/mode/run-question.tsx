'use client'

import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { describeError } from '#components/query/fetch-json.ts'
import { modeQuery, newestBatchesQuery } from '#components/query/queries.ts'
import { Button } from '#components/ui/button.tsx'
import { ModeChip } from '#components/ui/mode-chip.tsx'
import { SkeletonBar } from '#components/ui/skeleton.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { orderRules } from '#lib/flags/effective-order.ts'
import { formatShares } from '#lib/flags/mode-shares.ts'
import type { TraceStep } from '#lib/flags/trace-mode.ts'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { NameField, TextField } from './change/fields.tsx'
import { useKnownNames } from './change/rule-form.tsx'
import styles from './run-question.module.css'
import { SectionHead } from './section-head.tsx'
import { type RunAnswer, type RunQuestion, useRunQuestion } from './use-run-question.ts'

/** Answers which mode a run would get, by the very rules and hash that executors use. */
export function RunQuestionPanel() {
  const mode = useQuery(modeQuery())
  const nowMs = useNow(1000) ?? mode.dataUpdatedAt
  const names = useKnownNames()
  const { question, setQuestion, answer } = useRunQuestion(nowMs)
  const rules = mode.data?.rules ?? []
  const numbers = new Map(orderRules(rules, nowMs).map(({ rule, number }) => [rule.id, number]))
  return (
    <section className={styles.panel} aria-labelledby="which-mode">
      <SectionHead id="which-mode" title="Which mode would a run get?" note="and the rule that decides" />
      <div className={styles.fields}>
        <NameField
          label="Agent"
          placeholder="one no rule names"
          known={names.agents}
          value={question.agent}
          onChange={(agent) => setQuestion({ agent })}
        />
        <NameField
          label="Environment"
          placeholder="one no rule names"
          known={names.environments}
          value={question.environment}
          onChange={(environment) => setQuestion({ environment })}
        />
        <NameField
          label="Tool"
          placeholder="whole batches"
          known={names.tools}
          value={question.tool}
          onChange={(tool) => setQuestion({ tool })}
        />
        <div className={styles.runId}>
          <TextField
            label="Run id"
            placeholder="decides shares of runs"
            isCode
            value={question.runId}
            onChange={(runId) => setQuestion({ runId })}
          />
          <NewestRun question={question} onChoose={(runId) => setQuestion({ runId })} />
        </div>
      </div>
      {answer === null ? (
        <SkeletonBar width={240} height={20} />
      ) : (
        <Answer answer={answer} question={question} ruleNumber={(rule) => numbers.get(rule.id) ?? null} />
      )}
    </section>
  )
}

interface NewestRunProps {
  readonly question: RunQuestion
  readonly onChoose: (runId: string) => void
}

/** A real run to ask about: the newest one of that agent and environment, looked up when pressed. */
function NewestRun({ question: { agent, environment }, onChoose }: NewestRunProps) {
  const client = useQueryClient()
  const names = useKnownNames()
  const filter = {
    ...(names.agents.includes(agent) ? { agent: [agent] } : {}),
    ...(names.environments.includes(environment) ? { environment: [environment] } : {}),
  }
  const find = useMutation({
    mutationFn: () => client.fetchQuery(newestBatchesQuery(filter)),
    onSuccess: ({ batches }) => {
      const runId = batches.find((batch) => batch.run_id !== null)?.run_id ?? null
      if (runId !== null) onChoose(runId)
      else notifications.show({ title: 'No such run', message: 'None of its newest batches names a run.' })
    },
    onError: (error) =>
      notifications.show({ title: 'The newest run could not be read', message: describeError(error) }),
  })
  return (
    <Button
      kind="plain"
      className={styles.newest}
      disabled={find.isPending}
      title="The newest run of this agent and environment"
      onClick={() => find.mutate()}
    >
      Newest
    </Button>
  )
}

interface AnswerProps {
  readonly answer: RunAnswer
  readonly question: RunQuestion
  readonly ruleNumber: (rule: ModeRule) => number | null
}

function Answer({ answer: { trace, tool }, question, ruleNumber }: AnswerProps) {
  const { mode, rule, steps, shares } = trace
  const shareSteps = steps.filter(({ percent }) => percent !== null)
  return (
    <div className={styles.answer} role="status">
      {mode === null ? (
        <p className={styles.line}>
          <strong>{formatShares(shares)}</strong>
          <span className={styles.quiet}>a run id tells which of them it is</span>
        </p>
      ) : (
        <p className={styles.line}>
          <ModeChip mode={mode} />
          <strong>{rule === null ? 'by default' : `by rule ${ruleNumber(rule) ?? ''}`}</strong>
          <span className={styles.quiet}>{explain(rule, steps)}</span>
        </p>
      )}
      {shareSteps.map((step) => (
        <ShareStep key={step.rule.id} step={step} number={ruleNumber(step.rule)} />
      ))}
      {tool === null || mode === null ? null : (
        <p className={styles.line}>
          <ModeChip mode={tool.mode} />
          <span>
            for <span className={styles.tool}>{middleTruncate(question.tool.trim(), 40)}</span> within the
            batch
          </span>
          <span className={styles.quiet}>
            {tool.rules.length === 0
              ? 'no rule speaks of the tool'
              : `${formatNoun(tool.rules.length, 'rule speaks', 'rules speak')} of it: ${tool.rules
                  .map((one) => ruleNumber(one))
                  .join(', ')}`}
          </span>
        </p>
      )}
    </div>
  )
}

function explain(rule: ModeRule | null, steps: readonly TraceStep[]): string {
  if (rule === null) return steps.length === 0 ? 'no rule speaks of it' : 'no rule takes it'
  return rule.percentage === null || rule.percentage >= 100
    ? 'which takes all runs that come to it'
    : `which takes ${rule.percentage} % of runs`
}

/** Where the run falls among a hundred, and which of them the rule takes. */
function ShareStep({ step, number }: { readonly step: TraceStep; readonly number: number | null }) {
  const { rule, percent, takes } = step
  if (percent === null || rule.percentage === null) return null
  return (
    <p className={styles.step}>
      <span className={styles.rule}>rule {number}</span>
      <span className={styles.hash}>
        hash <span className={styles.number}>{percent.toFixed(1)}</span>
      </span>
      <span className={styles.scale} aria-hidden="true">
        <span className={styles.taken} data-mode={rule.mode} style={{ width: `${rule.percentage}%` }} />
        <span className={styles.tick} style={{ left: `${percent}%` }} />
      </span>
      <span className={styles.quiet}>
        {takes ? `below ${rule.percentage} %` : `not below ${rule.percentage} %: on to the next`}
      </span>
    </p>
  )
}

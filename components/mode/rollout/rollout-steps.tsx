'use client'

import type { Proposal } from '#components/mode/change/mode-change-dialog.tsx'
import { useMoment } from '#components/mode/use-moment.ts'
import { Button } from '#components/ui/button.tsx'
import type { ModeRule } from '#lib/contract/mode.ts'
import type { ModeComparison } from '#lib/contract/mode-comparison.ts'
import { formatPercent } from '#lib/format/number.ts'
import styles from './rollout.module.css'

interface RolloutStepsProps {
  readonly rule: ModeRule
  readonly stages: ModeComparison['stages']
  readonly propose: (proposal: Proposal) => void
}

/** The usual way: few enough to bear, enough to see, all. */
const STEPS = [10, 50, 100] as const

/** The steps of a rollout: which one it is at, the next ones a press away, and when each was made. */
export function RolloutSteps({ rule, stages, propose }: RolloutStepsProps) {
  const moment = useMoment()
  const now = rule.percentage ?? 100
  return (
    <div className={styles.steps}>
      <fieldset className={styles.choices} aria-label="Share of the runs">
        {STEPS.map((step) => (
          <Button
            key={step}
            className={styles.step}
            aria-pressed={step === now}
            aria-label={`${step} % of the runs`}
            disabled={step === now}
            onClick={() => propose({ kind: 'share', rule, percentage: step === 100 ? null : step })}
          >
            {step} %
          </Button>
        ))}
        <Button kind="plain" onClick={() => propose({ kind: 'rule', rule })}>
          Other…
        </Button>
      </fieldset>
      {stages.length === 0 ? null : (
        <ol className={styles.stages} aria-label="Shares that ran parallel">
          {stages.map((stage) => (
            <li key={stage.revision} title={`revision ${stage.revision}`}>
              <strong>{formatPercent(stage.share)}</strong> since {moment(stage.since)}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

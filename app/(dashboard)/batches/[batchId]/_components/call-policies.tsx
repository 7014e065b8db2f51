import type { ReactNode } from 'react'
import { Duration } from '#components/ui/duration.tsx'
import { formatBytes } from '#lib/format/number.ts'
import type { Call } from '#lib/model/batch.ts'
import { MARK_KINDS } from '#lib/model/marks.ts'
import styles from './call-policies.module.css'
import { Fact, FactGroup, FactList } from './facts.tsx'

/** What the runtime's policies did to a call, over all of its attempts. Nothing where they did nothing. */
export function CallPolicies({ attempts }: { readonly attempts: readonly Call[] }) {
  const heldUs = attempts.reduce((sum, call) => sum + (call.heldUs ?? 0), 0)
  const marks = new Set(attempts.flatMap((call) => call.marks))
  const last = attempts.at(-1)
  const facts: ReactNode[] = []
  if (heldUs > 0) {
    facts.push(
      <Fact key="held" label={heldLabel(attempts, marks)}>
        <Duration ms={heldUs / 1000} />
      </Fact>,
    )
  }
  if (marks.has('idempotency-key')) {
    facts.push(
      <Fact key="key" label="Idempotency key">
        one for all attempts
      </Fact>,
    )
  }
  if (marks.has('truncated')) {
    facts.push(
      <Fact key="cut" label="Result">
        {last?.resultBytes == null ? 'cut' : `cut, was ${formatBytes(last.resultBytes)}`}
      </Fact>,
    )
  }
  if (last?.errorCode === 'circuit-open') {
    facts.push(
      <Fact key="circuit" label="Circuit">
        open
      </Fact>,
    )
  }
  for (const mark of marks) {
    if (isKnown(mark)) continue
    facts.push(
      <Fact key={`mark ${mark}`} label="Marked">
        {mark}
      </Fact>,
    )
  }
  if (facts.length === 0) return null
  return (
    <FactGroup title="Policies">
      <FactList>{facts}</FactList>
    </FactGroup>
  )
}

function heldLabel(attempts: readonly Call[], marks: ReadonlySet<string>): string {
  const backedOff = attempts.some((call) => call.attempt > 1 && (call.heldUs ?? 0) > 0)
  if (!marks.has('rate-limited')) return backedOff ? 'Held back before retries' : 'Held back'
  return backedOff ? 'Held back by limits, retries' : 'Held back by a rate limit'
}

const isKnown = (mark: string) => MARK_KINDS.some((kind) => mark === kind || mark.startsWith(`${kind}:`))

const WORDS = { args: 'Arguments', result: 'Result', error: 'Error' } as const

/** The excerpts that the sender opted in to send, as it sent them. */
export function CallCaptured({ captured }: { readonly captured: Call['captured'] }) {
  if (captured === null) return null
  return (
    <FactGroup title="Captured" note="as sent, redacted by the sender">
      {(['args', 'result', 'error'] as const).map((what) =>
        captured[what] === null ? null : (
          <figure key={what} className={styles.figure}>
            <figcaption className={styles.caption}>{WORDS[what]}</figcaption>
            <pre className={styles.text}>{captured[what]}</pre>
          </figure>
        ),
      )}
    </FactGroup>
  )
}

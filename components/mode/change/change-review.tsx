'use client'

import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useMoment } from '#components/mode/use-moment.ts'
import { executorsQuery } from '#components/query/queries.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { describeEffects, listTouched, type ModeEffect } from '#lib/flags/change-effects.ts'
import { describeScope, sameRule } from '#lib/flags/describe-change.ts'
import { orderRules } from '#lib/flags/effective-order.ts'
import { describeGuard } from '#lib/flags/guard.ts'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import styles from './change-form.module.css'

interface ChangeReviewProps {
  readonly before: readonly ModeRule[]
  /** Null while the draft is not complete. */
  readonly after: readonly ModeRule[] | null
  readonly nowMs: number
}

const SCOPES_SHOWN = 4
const NAME_CHARS = 60

/** What a change would do now, before it is made: to whom, what it hides, when it ends. */
export function ChangeReview({ before, after, nowMs }: ChangeReviewProps) {
  return (
    <section className={styles.review} aria-label="What it does" aria-live="polite">
      <h3 className={styles.reviewTitle}>What it does</h3>
      <ul className={styles.effects}>
        {after === null ? (
          <Effect>Complete the fields above to see it.</Effect>
        ) : (
          <Effects before={before} after={after} nowMs={nowMs} />
        )}
      </ul>
    </section>
  )
}

function Effects({ before, after, nowMs }: ChangeReviewProps & { readonly after: readonly ModeRule[] }) {
  const effects = describeEffects(before, after, nowMs)
  const changed = after.filter((rule) => !before.some((old) => sameRule(old, rule)))
  const isSame = changed.length === 0 && before.length === after.length && effects.length === 0
  const isReordered = isSame && before.some((rule, index) => rule.id !== after[index]?.id)
  if (isSame && !isReordered) return <Effect>Nothing: the rules already say so.</Effect>
  return (
    <>
      {effects.map((effect) => (
        <EffectLine key={`${effect.tool} ${effect.from} ${effect.to}`} effect={effect} />
      ))}
      {effects.length === 0 ? <Effect isQuiet>No run gets another mode now.</Effect> : null}
      {effects.length === 0 ? null : <Reach before={before} after={after} nowMs={nowMs} />}
      <Hidden before={before} after={after} nowMs={nowMs} />
      <Ends changed={changed} />
      <Guards changed={changed} />
    </>
  )
}

function Effect({ children, isQuiet = false }: { readonly children: ReactNode; readonly isQuiet?: boolean }) {
  return (
    <li className={styles.effect}>
      <span aria-hidden="true">·</span>
      <span className={isQuiet ? styles.quiet : undefined}>{children}</span>
    </li>
  )
}

function EffectLine({ effect: { tool, from, to, scopes } }: { readonly effect: ModeEffect }) {
  const shown = scopes.slice(0, SCOPES_SHOWN).map((scope) => middleTruncate(scope, NAME_CHARS))
  const rest = scopes.length - shown.length
  return (
    <Effect>
      {tool === null ? null : (
        <>
          <span className={styles.tool}>{middleTruncate(tool, NAME_CHARS)}</span> within a batch:{' '}
        </>
      )}
      <span className={styles.change}>
        {from} → {to}
      </span>
      {': '}
      {shown.join(', ')}
      {rest > 0 ? ` and ${rest} more` : ''}
    </Effect>
  )
}

function Reach({ before, after, nowMs }: ChangeReviewProps & { readonly after: readonly ModeRule[] }) {
  const { data } = useQuery(executorsQuery())
  if (!data) return null
  const connected = data.executors.filter((executor) => executor.connected)
  const touched = listTouched(before, after, connected, nowMs)
  const agents = new Set(touched.map((executor) => executor.agent))
  return (
    <Effect isQuiet>
      {touched.length === 0
        ? 'No connected executor is among them; one that connects will obey.'
        : `${formatNoun(touched.length, 'executor', 'executors')} of ${formatNoun(agents.size, 'agent', 'agents')} obey with their next batch; a batch under way ends in its old mode.`}
    </Effect>
  )
}

/** Rules that were asked before and would not be any more. */
function Hidden({ before, after, nowMs }: ChangeReviewProps & { readonly after: readonly ModeRule[] }) {
  const asked = orderRules(before, nowMs).filter(({ hiddenBy }) => hiddenBy === null)
  const hidden = orderRules(after, nowMs).filter(
    ({ rule, hiddenBy }) => hiddenBy !== null && asked.some((old) => old.rule.id === rule.id),
  )
  return hidden.map(({ rule }) => {
    const share = rule.percentage === null ? '' : ` for ${rule.percentage} %`
    return (
      <Effect key={rule.id} isQuiet>
        The rule {middleTruncate(describeScope(rule), NAME_CHARS)} to {rule.mode}
        {share} stays, but is no longer asked.
      </Effect>
    )
  })
}

function Guards({ changed }: { readonly changed: readonly ModeRule[] }) {
  return changed.map(({ id, guard, mode }) =>
    guard === null || mode === 'serial' ? null : (
      <Effect key={id} isQuiet>
        It becomes serial by itself, once, upon {describeGuard(guard)}.
      </Effect>
    ),
  )
}

function Ends({ changed }: { readonly changed: readonly ModeRule[] }) {
  const moment = useMoment()
  const ends = [...new Set(changed.flatMap((rule) => rule.expires_at ?? []))]
  return ends.map((endMs) => (
    <Effect key={endMs} isQuiet>
      It ends by itself at {moment(endMs)}; then the rules behind it hold again.
    </Effect>
  ))
}

'use client'

import { useMemo } from 'react'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { Duration } from '#components/ui/duration.tsx'
import { OUTCOME_WORDS, OutcomeGlyph, SlowestGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { formatDuration, formatOffset } from '#lib/format/duration.ts'
import { formatBytes, formatNoun } from '#lib/format/number.ts'
import { computeConcurrencyAtStart } from '#lib/intervals/concurrency.ts'
import type { Call } from '#lib/model/batch.ts'
import { describeCall } from '#lib/timeline/describe-call.ts'
import type { CallRow } from '#lib/timeline/model.ts'
import { durationUs } from '#lib/timeline/order-rows.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import { AttemptTable } from './attempt-table.tsx'
import { CallPlan } from './call-plan.tsx'
import { CallCaptured, CallPolicies } from './call-policies.tsx'
import styles from './facts.module.css'
import { Fact, FactChip, FactGroup, FactList, FactsHead, Offset, Unknown } from './facts.tsx'
import { HistoryStrip } from './history-strip.tsx'

interface CallFactsProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
  readonly row: CallRow
  readonly onSelect: (key: string | null) => void
}

const ID_CHARS = 16
const PATH_CHARS = 28

/** One call: what it did to the turn, its times and attempts, and under what it ran. */
export function CallFacts({ batch, prepared, row, onSelect }: CallFactsProps) {
  const history = batch.context.tools.find((tool) => tool.tool === row.tool)
  const attempts = attemptsOf(prepared.calls, row.callId)
  return (
    <>
      <FactsHead
        name={row.tool}
        onClose={() => onSelect(null)}
        chips={
          <>
            {row.slowest ? (
              <FactChip slowest>
                <SlowestGlyph label={null} /> slowest sibling
              </FactChip>
            ) : null}
            <FactChip>
              <OutcomeGlyph outcome={row.outcome} label={null} /> {OUTCOME_WORDS[row.outcome]}
            </FactChip>
            <FactChip>{row.effect === 'unknown' ? 'effect unknown' : row.effect}</FactChip>
            {row.attempts > 1 ? <FactChip>{row.attempts} attempts</FactChip> : null}
          </>
        }
      >
        <Sentence text={describeCall(row, prepared.timeline)} row={row} prepared={prepared} />
      </FactsHead>
      <Times row={row} />
      {row.segments.length > 1 || row.attempts > 1 ? <AttemptTable row={row} /> : null}
      {history ? <HistoryStrip history={history} row={row} /> : null}
      <CallPlan batch={batch} prepared={prepared} row={row} onSelect={onSelect} />
      <CallPolicies attempts={attempts} />
      <Declared prepared={prepared} row={row} />
      <CallCaptured captured={attempts.at(-1)?.captured ?? null} />
      <WhenItRan batch={batch} prepared={prepared} row={row} />
    </>
  )
}

/** The price of the slowest sibling has its colour, as in the picture. */
function Sentence({
  text,
  row,
  prepared,
}: {
  readonly text: string
  readonly row: CallRow
  readonly prepared: PreparedBatch
}) {
  const { alone } = prepared.timeline
  const price = alone?.key === row.key ? formatDuration((alone.toUs - alone.fromUs) / 1000) : null
  const [before, ...rest] = price === null ? [text] : text.split(price)
  if (price === null || rest.length === 0) return text
  return (
    <>
      {before}
      <b className={styles.price}>{price}</b>
      {rest.join(price)}
    </>
  )
}

function Times({ row }: { readonly row: CallRow }) {
  const took = durationUs(row)
  const last = row.segments.at(-1)
  const idealEndUs = last && last.idealStartUs !== null ? last.idealStartUs + last.endUs - last.startUs : null
  if (row.startUs === null || row.endUs === null) return null
  return (
    <FactGroup title="Times">
      <FactList>
        {row.waiting === null ? (
          <Fact label="Waiting">
            <Unknown>hand-over unknown</Unknown>
          </Fact>
        ) : (
          <>
            {row.waiting.queuedUs > 0 ? (
              <Fact label="Queued by intent">
                <Duration ms={row.waiting.queuedUs / 1000} />
              </Fact>
            ) : null}
            <Fact label="Dispatch delay">
              <Duration ms={row.waiting.dispatchDelayUs / 1000} />
            </Fact>
          </>
        )}
        <Fact label="First start">
          <Offset text={formatOffset(row.startUs / 1000)} />
        </Fact>
        <Fact label="End">
          <Offset text={formatOffset(row.endUs / 1000)} />
        </Fact>
        <Fact label="First start to end">
          <Duration ms={took === null ? null : took / 1000} />
        </Fact>
        {idealEndUs === null ? null : (
          <Fact label="Ideal end">
            <Offset text={formatOffset(idealEndUs / 1000)} />
          </Fact>
        )}
      </FactList>
    </FactGroup>
  )
}

function Declared({ prepared, row }: { readonly prepared: PreparedBatch; readonly row: CallRow }) {
  const { calls, timeline } = prepared
  const call = attemptsOf(calls, row.callId).at(-1)
  const beside = useMemo(() => besideAtStart(calls, row.callId), [calls, row.callId])
  const needs = row.dependsOn.map((id) => timeline.rows.find((other) => other.callId === id)?.tool ?? id)
  return (
    <FactGroup title="Call">
      <FactList>
        <Fact label="call_id">
          <MiddleTruncate text={row.callId} maxChars={ID_CHARS} />
          <CopyButton text={row.callId} label="Copy the call id" />
        </Fact>
        <Fact label="Resources">
          {call === undefined || call.resources.length === 0 ? (
            <Unknown>none declared</Unknown>
          ) : (
            call.resources.map((path) => <MiddleTruncate key={path} text={path} maxChars={PATH_CHARS} />)
          )}
        </Fact>
        {needs.length === 0 ? null : (
          <Fact label="Needs">
            {needs.map((name, index) => (
              <MiddleTruncate key={row.dependsOn[index]} text={name} maxChars={PATH_CHARS} />
            ))}
          </Fact>
        )}
        {row.group === null ? null : (
          <Fact label="Group">
            <MiddleTruncate text={row.group} maxChars={PATH_CHARS} />
          </Fact>
        )}
        <Fact label="Args, result">
          {call?.argsBytes == null && call?.resultBytes == null ? (
            <Unknown>not reported</Unknown>
          ) : (
            `${bytes(call?.argsBytes)}, ${bytes(call?.resultBytes)}`
          )}
        </Fact>
        {beside === null ? null : (
          <Fact label="Started beside">{beside === 0 ? 'none' : formatNoun(beside, 'other', 'others')}</Fact>
        )}
      </FactList>
    </FactGroup>
  )
}

function WhenItRan({ batch, prepared, row }: Omit<CallFactsProps, 'onSelect'>) {
  const own = attemptsOf(prepared.calls, row.callId).at(-1)?.mode ?? null
  const revision = batch.mode_revision === null ? '' : `, rev ${batch.mode_revision}`
  return (
    <FactGroup title="When it ran">
      <FactList>
        <Fact label="Mode">{batch.mode === null ? <Unknown /> : `${batch.mode}${revision}`}</Fact>
        {own === null || own === batch.mode ? null : <Fact label="Its own rule">{own}</Fact>}
        <Fact label="Model asked for">
          {batch.parallel_requested === null ? (
            <Unknown />
          ) : batch.parallel_requested ? (
            'parallel calls'
          ) : (
            'one by one'
          )}
        </Fact>
        {batch.version === null ? null : (
          <Fact label="Version">
            <MiddleTruncate text={batch.version} maxChars={PATH_CHARS} />
          </Fact>
        )}
      </FactList>
    </FactGroup>
  )
}

function attemptsOf(calls: readonly Call[], callId: string): readonly Call[] {
  return calls.filter((call) => call.callId === callId).sort((a, b) => a.attempt - b.attempt)
}

/** Siblings in flight as its first attempt started; null when it never did. */
function besideAtStart(calls: readonly Call[], callId: string): number | null {
  const first = calls.findIndex((call) => call.callId === callId && call.startUs !== null)
  const inFlight = first === -1 ? null : computeConcurrencyAtStart(calls)[first]
  return inFlight == null ? null : inFlight - 1
}

function bytes(value: number | null | undefined): string {
  return value == null ? 'unknown' : formatBytes(value)
}

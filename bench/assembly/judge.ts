import type { WireBatch, WireCall } from '#lib/contract/reads.ts'
import { peakOf, type TrueCall, type TrueTurn } from './truth.ts'

/** What of a batch can be wrong. */
export const FIGURES = [
  'turns',
  'sizes',
  'calls',
  'ids',
  'outcomes',
  'times',
  'concurrency',
  'numbers',
  'runs',
] as const
export type Figure = (typeof FIGURES)[number]

export interface Fault {
  readonly figure: Figure
  readonly turn: number | null
  readonly detail: string
}

/** What the batches of one run came to. */
export interface Verdict {
  /** Turns that the spans tell; none where they tell of no call. */
  readonly turns: number
  readonly rightTurns: number
  /** Calls that the spans tell as emitted only: nobody can know their times. */
  readonly untimedCalls: number
  readonly faults: readonly Fault[]
  /** The furthest from the tool's own clock, as start and end; null where no times are told. */
  readonly awayMs: { readonly start: number; readonly end: number } | null
}

/** Holds the batches that are said to be of a run against its truth. */
export function judge(turns: readonly TrueTurn[], batches: readonly WireBatch[]): Verdict {
  const faults: Fault[] = []
  const away = { start: 0, end: 0 }
  const groups = assign(turns, batches)
  for (const [turn, group] of groups) {
    const [batch] = group
    if (batch === undefined || group.length > 1)
      faults.push({ figure: 'turns', turn: turn.turn, detail: `is told as ${group.length} batches` })
    else faults.push(...judgeTurn(turn, batch, away))
  }
  const known = new Set([...groups.values()].flat())
  const strays = batches.filter((batch) => !known.has(batch)).length
  if (strays > 0) faults.push({ figure: 'turns', turn: null, detail: `${strays} batches are of no turn` })
  faults.push(...judgeOrigin(batches))
  const wrong = new Set(faults.map(({ turn }) => turn))
  const calls = turns.flatMap((turn) => turn.calls)
  return {
    turns: turns.length,
    rightTurns: turns.filter(({ turn }) => !wrong.has(turn)).length,
    untimedCalls: calls.filter(({ told }) => told === 'emission').length,
    faults,
    awayMs: calls.some(({ told }) => told === 'times') ? away : null,
  }
}

/** Each batch to the turn whose model call began last before it. */
function assign(turns: readonly TrueTurn[], batches: readonly WireBatch[]): Map<TrueTurn, WireBatch[]> {
  const groups = new Map<TrueTurn, WireBatch[]>(turns.map((turn) => [turn, []]))
  for (const batch of batches) {
    const turn = turns.findLast(({ modelStartMs }) => modelStartMs <= batch.started_at)
    if (turn !== undefined) groups.get(turn)?.push(batch)
  }
  return groups
}

function judgeTurn(turn: TrueTurn, batch: WireBatch, away: { start: number; end: number }): Fault[] {
  const faults: Fault[] = []
  const fault = (figure: Figure, detail: string) => faults.push({ figure, turn: turn.turn, detail })
  if (batch.size !== turn.calls.length) fault('sizes', `${batch.size} calls, not ${turn.calls.length}`)
  if (batch.emitted_calls !== null && batch.emitted_calls !== turn.calls.length)
    fault('sizes', `${batch.emitted_calls} calls emitted, not ${turn.calls.length}`)
  const left = new Set(batch.calls)
  for (const call of turn.calls) {
    const found = findCall(call, batch, left)
    if (found === undefined) {
      fault('calls', `${call.tool} is not told`)
      continue
    }
    left.delete(found)
    if (call.callId !== null && found.call_id !== call.callId)
      fault('ids', `${call.tool} is ${found.call_id}, not ${call.callId}`)
    if (!isRightOutcome(call, found))
      fault('outcomes', `${call.tool} is ${found.outcome}, not ${call.outcome}`)
    const wrongTimes = judgeTimes(turn, call, batch, found, away)
    if (wrongTimes !== null) fault('times', `${call.tool} ${wrongTimes}`)
  }
  for (const { tool } of left) fault('calls', `${tool} was never called`)
  const told = batch.calls.flatMap((call) => intervalOf(batch, call) ?? [])
  if (turn.peak !== null && peakOf(told) !== turn.peak)
    fault('concurrency', `${peakOf(told)} at once, not ${turn.peak}`)
  if (batch.turn !== null && batch.turn !== turn.turn) fault('numbers', `is numbered ${batch.turn}`)
  return faults
}

/** By its id; without one, the call of its tool that ended closest to it. */
function findCall(call: TrueCall, batch: WireBatch, left: ReadonlySet<WireCall>): WireCall | undefined {
  const ofTool = [...left].filter(({ tool }) => tool === call.tool)
  const byId = ofTool.find(({ call_id }) => call_id === call.callId)
  const awayMs = (found: WireCall) => {
    const interval = intervalOf(batch, found)
    return interval === null ? Number.MAX_VALUE : Math.abs(interval.endMs - call.endMs)
  }
  return byId ?? ofTool.sort((a, b) => awayMs(a) - awayMs(b))[0]
}

function isRightOutcome(call: TrueCall, found: WireCall): boolean {
  if (found.outcome === call.outcome) return true
  if (call.told === 'emission' && found.outcome === 'unknown') return true
  return call.mayBeSwallowed && found.outcome === 'ok'
}

function judgeTimes(
  turn: TrueTurn,
  call: TrueCall,
  batch: WireBatch,
  found: WireCall,
  away: { start: number; end: number },
): string | null {
  const interval = intervalOf(batch, found)
  if (call.told === 'emission') return interval === null ? null : 'has times that nobody measured'
  if (interval === null) return 'has no times'
  const [startMs, endMs] = [interval.startMs - call.startMs, interval.endMs - call.endMs]
  away.end = Math.max(away.end, Math.abs(endMs))
  if (Math.abs(endMs) > call.endToleranceMs) return `ends ${endMs.toFixed(1)} ms away`
  const isBefore = turn.isQueued && startMs < 0
  if (isBefore)
    return interval.startMs < turn.modelEndMs - call.startToleranceMs ? 'starts before it was emitted' : null
  away.start = Math.max(away.start, Math.abs(startMs))
  return Math.abs(startMs) > call.startToleranceMs ? `starts ${startMs.toFixed(1)} ms away` : null
}

function intervalOf(batch: WireBatch, { start_ms, duration_ms }: WireCall) {
  if (start_ms === null || duration_ms === null) return null
  const startMs = batch.started_at + start_ms
  return { startMs, endMs: startMs + duration_ms }
}

/** All of them are of one run, one agent and one source. */
function judgeOrigin(batches: readonly WireBatch[]): Fault[] {
  const count = (what: 'run_id' | 'agent' | 'environment' | 'source') =>
    new Set(batches.map((batch) => batch[what])).size
  return (['run_id', 'agent', 'environment', 'source'] as const).flatMap((what) =>
    count(what) > 1
      ? [{ figure: 'runs', turn: null, detail: `${count(what)} values of ${what}` } as const]
      : [],
  )
}

import type { EmittedCall } from '../dialects/facts.ts'
import type { Lane, Lanes } from './lanes.ts'
import { byModelStart, type ModelCall } from './model-calls.ts'
import type { ToolRun } from './tool-runs.ts'

/** How a tool was found to belong to a turn, strongest first. */
export type Link = 'call-id' | 'arguments' | 'time'

/** A call that the model emitted, with what ran for it: several runs are attempts. */
export interface Slot {
  readonly emitted: EmittedCall
  readonly runs: ToolRun[]
}

/** A model call that counts, and the tools that ran for it. */
export interface Turn {
  readonly model: ModelCall
  readonly lane: Lane
  /** Turns are counted along one line: the run's own, or that of an agent called within it. */
  readonly line: string
  /** From 1, in the order of the model calls of the line. */
  readonly number: number
  readonly runId: string
  /** Null when the span doesn't tell what was emitted. */
  readonly slots: readonly Slot[] | null
  /** Ran for this turn although no emission tells of them. */
  readonly extras: ToolRun[]
  readonly links: Set<Link>
}

/**
 * The model calls that are turns. One that failed is none, unless a call that it had emitted before was run or
 * came back.
 */
export function findTurns(models: readonly ModelCall[], tools: readonly ToolRun[], lanes: Lanes): Turn[] {
  const known = new Set<string>()
  for (const { facts } of tools) if (facts.callId !== null) known.add(facts.callId)
  for (const { facts } of models) {
    if (facts.failed) continue
    for (const { callId } of facts.returned) if (callId !== null) known.add(callId)
  }
  const lines = new Map<string, Turn[]>()
  const turns: Turn[] = []
  const open = models.filter(
    ({ facts: { failed, emitted } }) =>
      !failed || emitted?.some(({ callId }) => callId !== null && known.has(callId)),
  )
  for (const model of open) {
    const lane = lanes.laneOf(model.span)
    const { runId } = lanes.originOf(model.span)
    const line = lane.isInner ? lane.id : `run:${runId}`
    const before = lines.get(line) ?? []
    lines.set(line, before)
    const number = before.length + 1
    const slots = toSlots(model.facts.emitted)
    before.push({ model, lane, line, number, runId, slots, extras: [], links: new Set() })
  }
  for (const line of lines.values()) turns.push(...correctEmissions(line))
  return turns.sort(byModel)
}

/** In order of the model calls. */
export function byModel(a: Turn, b: Turn): number {
  return byModelStart(a.model, b.model)
}

function toSlots(emitted: readonly EmittedCall[] | null): Slot[] | null {
  return emitted?.map((call) => ({ emitted: call, runs: [] })) ?? null
}

/**
 * The next model call shows in its input what a turn emitted. That stands for a turn that doesn't tell, and for
 * one whose instrumentation has run the pieces of a stream together to a single call.
 */
function correctEmissions(line: readonly Turn[]): Turn[] {
  const known = new Set<string>()
  return line.map((turn, i) => {
    const { emitted, earlier } = turn.model.facts
    const later = line[i + 1]?.model.facts.earlier
    const shown = later?.last ?? []
    const isNews = shown.some(({ callId }) => callId === null)
      ? (later?.count ?? 0) > (earlier?.count ?? 0)
      : shown.length > 0 && !shown.some(({ callId }) => known.has(callId as string))
    const corrected = isNews && (emitted === null || isRunTogether(emitted, shown)) ? shown : emitted
    for (const { callId } of corrected ?? []) if (callId !== null) known.add(callId)
    return corrected === emitted ? turn : { ...turn, slots: toSlots(corrected) }
  })
}

function isRunTogether(emitted: readonly EmittedCall[], shown: readonly EmittedCall[]): boolean {
  const [only] = emitted
  if (only === undefined || emitted.length > 1 || shown.length < 2) return false
  return only.tool === shown.map(({ tool }) => tool).join('')
}

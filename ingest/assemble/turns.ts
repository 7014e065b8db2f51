import type { EmittedCall } from '../dialects/facts.ts'
import type { Lane, Lanes } from './lanes.ts'
import type { ModelCall } from './model-calls.ts'
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
  const counts = new Map<string, number>()
  const turns: Turn[] = []
  for (const model of models) {
    const { failed, emitted } = model.facts
    if (failed && !emitted?.some(({ callId }) => callId !== null && known.has(callId))) continue
    const lane = lanes.laneOf(model.span)
    const { runId } = lanes.inheritedBy(model.span)
    const line = lane.isInner ? lane.id : `run:${runId}`
    const number = (counts.get(line) ?? 0) + 1
    counts.set(line, number)
    const slots = emitted?.map((call) => ({ emitted: call, runs: [] })) ?? null
    turns.push({ model, lane, line, number, runId, slots, extras: [], links: new Set() })
  }
  return turns
}

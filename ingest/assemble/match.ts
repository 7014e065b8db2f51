import { type Lane, type Lanes, traceLaneId } from './lanes.ts'
import { CLOCK_US, isSameTool, isUniqueId, mayBeSame } from './same-call.ts'
import type { ToolRun } from './tool-runs.ts'
import type { Tree } from './tree.ts'
import { byModel, type Link, type Slot, type Turn } from './turns.ts'

/** A later turn is the better guess, but agents that run side by side in one lane need some choice. */
const MAX_CANDIDATES = 4

/** Tools that no model call accounts for. */
export interface Leftover {
  readonly run: ToolRun
  readonly lane: Lane
}

/**
 * Gives every tool to the turn that emitted it: by call id; by name and arguments; by the time between model
 * calls. Fills the turns in place and returns the tools that are left; what ran inside another tool without a
 * model of its own is that tool's own affair and is left out.
 */
export function matchTools(
  tools: readonly ToolRun[],
  turns: readonly Turn[],
  lanes: Lanes,
  tree: Tree,
): Leftover[] {
  const rest = matchIds(tools, turns)
  const search = createSearch(turns, lanes, tree)
  const open: { run: ToolRun; candidates: Candidates }[] = []
  // Arguments go before time for all tools, so that a weak match never takes what a strong one is about.
  for (const run of rest) {
    const candidates = search(run)
    if (!matchNearId(run, candidates.turns)) open.push({ run, candidates })
  }
  const unsure = open.filter(({ run, candidates }) => !matchArguments(run, candidates.turns))
  const left: Leftover[] = []
  for (const { run, candidates } of unsure) {
    if (matchTime(run, candidates)) continue
    if (!candidates.isInsideTool) left.push({ run, lane: candidates.lane })
  }
  return left
}

function matchIds(tools: readonly ToolRun[], turns: readonly Turn[]): ToolRun[] {
  const byId = new Map<string, { turn: Turn; slot: Slot }>()
  for (const turn of turns) {
    for (const slot of turn.slots ?? []) {
      const { callId } = slot.emitted
      if (callId !== null && isUniqueId(callId) && !byId.has(callId)) byId.set(callId, { turn, slot })
    }
  }
  return tools.filter((run) => {
    const found = run.facts.callId === null ? undefined : byId.get(run.facts.callId)
    if (found !== undefined) put(run, found.turn, found.slot, 'call-id')
    return found === undefined
  })
}

/** Ids that are counted rather than minted come again in every turn, so that only a turn nearby is meant. */
function matchNearId(run: ToolRun, candidates: readonly Turn[]): boolean {
  const { callId, tool } = run.facts
  if (callId === null) return false
  for (const turn of candidates) {
    const slot = turn.slots?.find(
      ({ emitted }) => emitted.callId === callId && isSameTool(emitted.tool, tool),
    )
    if (slot === undefined) continue
    put(run, turn, slot, 'call-id')
    return true
  }
  return false
}

interface Candidates {
  readonly lane: Lane
  /** Latest first. */
  readonly turns: readonly Turn[]
  /** The first candidate is the turn whose time this is, in the tool's own lane. */
  readonly isOwnLane: boolean
  readonly isInsideTool: boolean
}

/** Looks for turns before a tool in its lane, then in its trace, then in its run. */
function createSearch(turns: readonly Turn[], lanes: Lanes, tree: Tree): (run: ToolRun) => Candidates {
  const byLane = groupBy(turns, ({ lane }) => lane.id)
  const outer = turns.filter(({ lane }) => !lane.isInner)
  const merged = new Map<string, Turn[]>()
  // A model call that has lost its way up may be of any agent of its trace.
  const withOrphans = (lane: Lane, run: ToolRun): Turn[] => {
    const known = merged.get(lane.id)
    if (known !== undefined) return known
    const orphans = byLane.get(traceLaneId(run.span)) ?? []
    const own = byLane.get(lane.id) ?? []
    const all = orphans.length === 0 || orphans === own ? own : [...own, ...orphans].sort(byModel)
    merged.set(lane.id, all)
    return all
  }
  const byTrace = groupBy(outer, ({ model }) => model.span.facts.traceId)
  const byRun = groupBy(outer, ({ runId }) => runId)
  return (run) => {
    const lane = lanes.laneOf(run.span)
    const own = byLane.get(lane.id)
    if (lane.isInner && own === undefined) {
      const isInsideTool = tree.placeOf(run.span).nearest?.facts.facts.role === 'tool'
      const above = lane.outerId === null ? undefined : byLane.get(lane.outerId)
      return { lane, turns: turnsBefore(run, above), isOwnLane: false, isInsideTool }
    }
    const levels = lane.isInner
      ? [own]
      : [
          withOrphans(lane, run),
          byTrace.get(run.span.facts.traceId),
          byRun.get(lanes.originOf(run.span).runId),
        ]
    for (const level of levels) {
      const found = turnsBefore(run, level)
      if (found.length > 0) return { lane, turns: found, isOwnLane: true, isInsideTool: false }
    }
    return { lane, turns: [], isOwnLane: true, isInsideTool: false }
  }
}

function turnsBefore(run: ToolRun, turns: readonly Turn[] | undefined): Turn[] {
  if (turns === undefined) return []
  let low = 0
  let high = turns.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((turns[middle] as Turn).model.startUs <= run.span.startUs) low = middle + 1
    else high = middle
  }
  const found = turns.slice(Math.max(0, low - MAX_CANDIDATES), low).reverse()
  const [last, previous] = found
  // A start is cut to its millisecond: the next model call seems to begin with a tool that was over before it.
  if (
    last &&
    previous &&
    run.span.startUs - last.model.startUs < CLOCK_US &&
    last.model.endUs > run.span.endUs
  ) {
    found.splice(0, 2, previous, last)
  }
  return found
}

function groupBy(turns: readonly Turn[], keyOf: (turn: Turn) => string): Map<string, Turn[]> {
  const groups = new Map<string, Turn[]>()
  for (const turn of turns) {
    const key = keyOf(turn)
    const list = groups.get(key)
    if (list === undefined) groups.set(key, [turn])
    else list.push(turn)
  }
  return groups
}

function matchArguments(run: ToolRun, candidates: readonly Turn[]): boolean {
  const { argumentsKey } = run.facts
  if (argumentsKey === null) return false
  for (const turn of candidates) {
    const slot = findFree(run, turn, (key) => key === argumentsKey)
    if (slot === undefined) continue
    put(run, turn, slot, 'arguments')
    return true
  }
  return false
}

function matchTime(run: ToolRun, { turns, isOwnLane }: Candidates): boolean {
  for (const turn of turns) {
    // Arguments may be told in two forms, so that they differ without being others.
    const slot =
      findFree(run, turn, (key) => mayBeSame(key, run.facts.argumentsKey)) ?? findFree(run, turn, () => true)
    if (slot === undefined) continue
    put(run, turn, slot, 'time')
    return true
  }
  const turn = turns[0]
  if (turn === undefined) return false
  if (turn.slots === null) {
    if (!isOwnLane) return false
    turn.extras.push(run)
    turn.links.add('time')
    return true
  }
  const again = turn.slots.find((slot) => isRetry(run, slot))
  if (again === undefined) return false
  put(run, turn, again, 'time')
  return true
}

function findFree(run: ToolRun, { slots }: Turn, accepts: (key: string | null) => boolean): Slot | undefined {
  const { tool, callId } = run.facts
  return slots?.find(
    ({ emitted, runs }) =>
      runs.length === 0 &&
      isSameTool(emitted.tool, tool) &&
      mayBeSame(emitted.callId, callId) &&
      accepts(emitted.argumentsKey),
  )
}

/** The same call again after it had failed. */
function isRetry(run: ToolRun, { emitted, runs }: Slot): boolean {
  const last = runs.at(-1)
  if (last === undefined || !isSameTool(emitted.tool, run.facts.tool)) return false
  const { facts, span } = last
  const isAfter = span.endUs <= run.span.startUs + CLOCK_US
  const hasFailed = facts.outcome === 'error' || facts.outcome === 'timeout'
  return (
    isAfter &&
    hasFailed &&
    mayBeSame(facts.argumentsKey, run.facts.argumentsKey) &&
    mayBeSame(facts.callId, run.facts.callId)
  )
}

function put(run: ToolRun, turn: Turn, slot: Slot, link: Link): void {
  slot.runs.push(run)
  turn.links.add(link)
}

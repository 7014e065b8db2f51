import type { Call } from '#lib/model/batch.ts'
import type { Evidence, Flag } from '#lib/model/vocabulary.ts'
import type { SpanFacts } from '../dialects/facts.ts'
import type { AssembledBatch } from './assembled.ts'
import { type FindResult, toRunCalls, toTurnCalls } from './calls.ts'
import { clusterId, turnId } from './identity.ts'
import { findLanes, type Lanes } from './lanes.ts'
import { matchTools } from './match.ts'
import { findModelCalls } from './model-calls.ts'
import { type Cluster, clusterByOverlap } from './overlap.ts'
import { RunIndex } from './runs.ts'
import { CLOCK_US, MAX_LENGTH_US } from './same-call.ts'
import { findToolRuns, type ToolRun } from './tool-runs.ts'
import { buildTree, type Span } from './tree.ts'
import { findTurns, type Turn } from './turns.ts'

/** A history shows the results of a turn in the very next model call; one or two may have been lost. */
const MAX_LATER_TURNS = 3
/** The agent of spans that name neither an agent nor a service. */
const NO_AGENT = 'unknown'

/**
 * The batches that the spans of a component tell of, in order of their start. A pure function of the set of
 * spans: their order and repeats make no difference. Every tool span is in at most one batch.
 */
export function assemble(facts: Iterable<SpanFacts>): AssembledBatch[] {
  const all = [...facts]
  const runs = new RunIndex()
  for (const fact of all) runs.add(fact)
  return assembleTurns(all, runs).batches
}

/** What some spans of a component tell. */
export interface Assembly {
  readonly batches: AssembledBatch[]
  /** Every model call that counts, also one that emitted nothing, in order of time. */
  readonly turns: IdentifiedTurn[]
}

/** A turn with the id of its batch, or of the one it would have. */
export type IdentifiedTurn = Turn & { readonly id: string }

/** Assembles a stretch of a component of which `runs` knows the whole: turns are numbered within the stretch. */
export function assembleTurns(facts: Iterable<SpanFacts>, runs: RunIndex): Assembly {
  const tree = buildTree(facts)
  const tools = findToolRuns(tree)
  const models = findModelCalls(tree)
  const lanes = findLanes(tree, models, tools, runs)
  const found = findTurns(models, tools, lanes)
  const leftovers = matchTools(tools, found, lanes, tree)
  const turns = found.map((turn) => ({ ...turn, id: turnId(turn) }))
  const findResult = createResultSearch(turns)
  const batches: AssembledBatch[] = []
  for (const turn of turns) {
    if (turn.extras.length > 0 || (turn.slots?.length ?? 0) > 0)
      batches.push(toTurnBatch(turn, lanes, findResult))
  }
  for (const cluster of clusterByOverlap(leftovers)) batches.push(toClusterBatch(cluster, lanes))
  return { batches: mergeSameId(batches).sort(byTime), turns }
}

function byTime(a: AssembledBatch, b: AssembledBatch): number {
  return a.startedAtUs - b.startedAtUs || (a.batchId < b.batchId ? -1 : a.batchId > b.batchId ? 1 : 0)
}

/** An emission told twice at different times (a replayed response) has one id: the fuller telling stays. */
function mergeSameId(batches: readonly AssembledBatch[]): AssembledBatch[] {
  const byId = new Map<string, AssembledBatch>()
  for (const batch of batches) {
    const known = byId.get(batch.batchId)
    if (known === undefined || batch.spans.length > known.spans.length) byId.set(batch.batchId, batch)
  }
  return [...byId.values()]
}

function createResultSearch(turns: readonly Turn[]): FindResult {
  const lines = new Map<string, Turn[]>()
  for (const turn of turns) {
    const line = lines.get(turn.line)
    if (line === undefined) lines.set(turn.line, [turn])
    else line.push(turn)
  }
  return (turn, { emitted }) => {
    if (emitted.callId === null) return null
    const later = lines.get(turn.line)?.slice(turn.number, turn.number + MAX_LATER_TURNS) ?? []
    for (const { model } of later) {
      const found = model.facts.returned.findLast(({ callId }) => callId === emitted.callId)
      if (found !== undefined) return found
    }
    return null
  }
}

function toTurnBatch(turn: IdentifiedTurn, lanes: Lanes, findResult: FindResult): AssembledBatch {
  const { model, slots } = turn
  const { declared } = model.span.facts
  const runs = [...(slots?.flatMap((slot) => slot.runs) ?? []), ...turn.extras]
  const starts = runs
    .map(({ span }) => span.startUs)
    .filter((startUs) => Math.abs(startUs - model.endUs) <= MAX_LENGTH_US)
  const startedAtUs = starts.length > 0 ? Math.min(...starts) : model.endUs
  const calls = toTurnCalls(turn, startedAtUs, findResult)
  return {
    ...describe(model.span, calls, lanes),
    batchId: turn.id,
    runId: turn.runId,
    turn: declared === undefined ? turn.number : declared.turn,
    isTurnDeclared: declared !== undefined,
    provider: model.facts.provider,
    model: model.facts.model,
    parallelRequested: model.facts.parallelRequested,
    startedAtUs,
    // A span that streams, or that holds the tools, goes on after it has emitted them. An export that doesn't know
    // how long the model took writes a span without length.
    modelUs:
      declared !== undefined && model.endUs === model.startUs
        ? null
        : Math.max(0, Math.min(model.endUs, startedAtUs) - model.startUs),
    inputTokens: model.facts.inputTokens,
    outputTokens: model.facts.outputTokens,
    emittedCalls: slots?.length ?? null,
    evidence: evidenceOf(turn),
    flags: flagsOf(
      [...model.spans, ...runs.flatMap(({ spans }) => spans)],
      startedAtUs < model.startUs - CLOCK_US || starts.length < runs.length,
    ),
    spans: keysOf([...model.spans, ...runs.flatMap(({ spans }) => spans)]),
    anchorUs: model.startUs,
    line: turn.line,
  }
}

function toClusterBatch({ runs, lane }: Cluster, lanes: Lanes): AssembledBatch {
  const { span } = runs[0] as ToolRun
  const spans = runs.flatMap((run) => run.spans)
  const described = describe(span, toRunCalls(runs, span.startUs), lanes)
  return {
    ...described,
    batchId: clusterId(runs),
    startedAtUs: span.startUs,
    evidence: 'overlap',
    flags: flagsOf(spans, false),
    spans: keysOf(spans),
    anchorUs: span.startUs,
    line: lane.isInner ? lane.id : `run:${described.runId}`,
    turn: span.facts.declared?.turn ?? null,
    isTurnDeclared: span.facts.declared !== undefined,
  }
}

/** What a batch says of its origin, with all else untold. */
function describe(span: Span, calls: readonly Call[], lanes: Lanes) {
  const { agent, environment, version, runId } = lanes.originOf(span)
  return {
    runId,
    turn: null,
    agent: agent ?? NO_AGENT,
    environment: environment ?? 'default',
    version,
    tenant: null,
    provider: null,
    model: null,
    mode: null,
    modeRevision: null,
    parallelRequested: null,
    concurrency: null,
    toolCaps: null,
    modelUs: null,
    inputTokens: null,
    outputTokens: null,
    emittedCalls: null,
    sdkName: null,
    sdkVersion: null,
    calls,
  }
}

/** The weakest link decides. Calls that are only known as emitted are held together by the emission itself. */
function evidenceOf({ slots, extras, links }: Turn): Evidence {
  if (links.has('time') || extras.length > 0) return 'time'
  if (links.has('arguments')) return 'arguments'
  return slots?.some(({ emitted, runs }) => runs.length === 0 && emitted.callId === null)
    ? 'arguments'
    : 'call-id'
}

function flagsOf(spans: readonly Span[], isApart: boolean): Flag[] {
  return isApart || spans.some(({ hasWrongEnd }) => hasWrongEnd) ? ['clock-skew'] : []
}

function keysOf(spans: readonly Span[]): string[] {
  return spans.map(({ key }) => key).sort()
}

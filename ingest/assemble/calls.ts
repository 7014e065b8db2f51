import { LIMITS } from '#lib/contract/ingest.ts'
import type { Call } from '#lib/model/batch.ts'
import type { Outcome } from '#lib/model/vocabulary.ts'
import type { ReturnedResult } from '../dialects/facts.ts'
import { MAX_LENGTH_US } from './same-call.ts'
import type { ToolRun } from './tool-runs.ts'
import type { Slot, Turn } from './turns.ts'

const NO_ITEMS: readonly string[] = []
/** Leaves room for a number behind an id that is as long as an id may be. */
const STEM_CHARS = LIMITS.idChars - 10

/** Finds what came back of a call of this turn, as a later model call shows it. */
export type FindResult = (turn: Turn, slot: Slot) => ReturnedResult | null

/** The calls of a turn in the order in which the model emitted them; tools beyond the emission follow by their start. */
export function toTurnCalls(turn: Turn, startedAtUs: number, findResult: FindResult): Call[] {
  const calls: Call[] = []
  const ids = new Set<string>()
  const unique = (id: string): string => {
    let name = id
    for (let n = 2; ids.has(name); n++) name = `${id.slice(0, STEM_CHARS).toWellFormed()}#${n}`
    ids.add(name)
    return name
  }
  turn.slots?.forEach((slot, seq) => {
    const { emitted, runs } = slot
    const told = emitted.callId ?? runs[0]?.facts.callId ?? null
    const callId = unique(told ?? `${runs[0]?.span.facts.spanId ?? turn.model.span.facts.spanId}:${seq}`)
    const result = findResult(turn, slot)
    const base = {
      ...NOTHING,
      callId,
      seq,
      tool: emitted.tool,
      argsFp: emitted.argsFp,
      argsBytes: emitted.argsBytes,
      captured: capturedOf(emitted.argsExcerpt),
    }
    if (runs.length === 0) calls.push(withResult(base, result))
    runs.forEach((run, i) => {
      const call = withRun({ ...base, attempt: i + 1 }, run, startedAtUs)
      calls.push(i === runs.length - 1 ? withResult(call, result) : call)
    })
  })
  appendRuns(calls, turn.extras, startedAtUs, unique)
  return calls
}

/** The calls of tools that no emission tells of; those of one call id are attempts. */
export function toRunCalls(runs: readonly ToolRun[], startedAtUs: number): Call[] {
  const calls: Call[] = []
  appendRuns(calls, runs, startedAtUs, (id) => id)
  return calls
}

function appendRuns(
  calls: Call[],
  runs: readonly ToolRun[],
  startedAtUs: number,
  unique: (id: string) => string,
): void {
  const attempts = new Map<string, Call>()
  let seq = calls.length === 0 ? 0 : Math.max(...calls.map((call) => call.seq)) + 1
  for (const run of runs) {
    const before = run.facts.callId === null ? undefined : attempts.get(run.facts.callId)
    const call = withRun(
      before === undefined
        ? { ...NOTHING, callId: unique(run.facts.callId ?? run.span.facts.spanId), seq: seq++ }
        : { ...NOTHING, callId: before.callId, seq: before.seq, attempt: before.attempt + 1 },
      run,
      startedAtUs,
    )
    if (run.facts.callId !== null) attempts.set(run.facts.callId, call)
    calls.push(call)
  }
}

const NOTHING: Call = {
  callId: '',
  attempt: 1,
  seq: 0,
  tool: '',
  startUs: null,
  durationUs: null,
  outcome: 'unknown',
  errorCode: null,
  effect: 'unknown',
  resources: NO_ITEMS,
  dependsOn: NO_ITEMS,
  group: null,
  mode: null,
  argsBytes: null,
  resultBytes: null,
  argsFp: NO_ITEMS,
  resultFp: NO_ITEMS,
  heldUs: null,
  marks: NO_ITEMS,
  captured: null,
}

function withRun(call: Call, { span, facts }: ToolRun, startedAtUs: number): Call {
  // How long it took by a clock that was never set is no more certain than when.
  const isTimed = Math.abs(span.startUs - startedAtUs) <= MAX_LENGTH_US
  return {
    ...call,
    tool: call.tool || facts.tool,
    startUs: isTimed ? span.startUs - startedAtUs : null,
    durationUs: isTimed ? span.endUs - span.startUs : null,
    outcome: ranOutcome(facts.outcome),
    errorCode: facts.errorCode,
    argsBytes: facts.argsBytes ?? call.argsBytes,
    resultBytes: facts.resultBytes,
    captured: facts.captured ?? call.captured,
    argsFp: facts.argsFp.length > 0 ? facts.argsFp : call.argsFp,
    resultFp: facts.resultFp,
  }
}

function capturedOf(args: string | undefined): Call['captured'] {
  return args === undefined ? null : { args, result: null, error: null }
}

/** A span that began and ended has run, whatever it leaves untold. */
function ranOutcome(outcome: Outcome): Outcome {
  return outcome === 'unknown' || outcome === 'never-ran' ? 'ok' : outcome
}

/** What the model was given back tells of a failure that the tool's span doesn't, and of calls without a span. */
function withResult(call: Call, result: ReturnedResult | null): Call {
  if (result === null) return call
  return {
    ...call,
    outcome: outcomeWith(call, result.failed),
    resultBytes: call.resultBytes ?? result.resultBytes,
    resultFp: call.resultFp.length > 0 ? call.resultFp : result.resultFp,
  }
}

function outcomeWith({ outcome }: Call, failed: boolean | null): Outcome {
  if (failed === true && (outcome === 'ok' || outcome === 'unknown')) return 'error'
  return failed === false && outcome === 'unknown' ? 'ok' : outcome
}

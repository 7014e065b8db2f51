import type { EarlierAnswers, EmittedCall, ModelFacts } from '../dialects/facts.ts'
import { CLOCK_US, emitsSameTools } from './same-call.ts'
import { Groups } from './tool-runs.ts'
import { bySpanOrder, type Span, type Tree } from './tree.ts'

/** One call of a model, by however many spans it was seen. */
export interface ModelCall {
  /** The first of its spans: its identity and its place. */
  readonly span: Span
  readonly spans: readonly Span[]
  /** Of the narrowest span that succeeded: an outer one may hold the tools too. */
  readonly startUs: number
  readonly endUs: number
  readonly facts: ModelFacts
}

/** How far apart two views of one model call may begin and end when nothing else tells that they are one. */
const TWIN_US = 20_000
const MAX_OPEN = 64
const NONE_EARLIER: EarlierAnswers = { count: 0, last: [] }

/** Calls of models in order of their start; a call seen by two instrumentations is one. */
export function findModelCalls(tree: Tree): ModelCall[] {
  const models = tree.spans.filter(({ facts }) => facts.facts.role === 'model')
  const inside = new Map<Span, Span[]>()
  for (const span of models) {
    const above = tree.placeOf(span).nearest
    if (above?.facts.facts.role !== 'model') continue
    const list = inside.get(above)
    if (list === undefined) inside.set(above, [span])
    else list.push(span)
  }
  // A span around several calls that succeeded one after the other is a loop and no call.
  const loops = new Set([...inside].filter(([, spans]) => hasSequence(spans)).map(([span]) => span))
  const calls = models.filter((span) => !loops.has(span))
  const groups = new Groups(calls)
  for (const [outer, spans] of inside) {
    if (!loops.has(outer)) for (const span of spans) if (!loops.has(span)) groups.join(outer, span)
  }
  joinTwins(calls, groups)
  return groups.list().map(toModelCall).sort(byModelStart)
}

/** In order of time; what begins together is ordered by its key alone, as in a list of turns. */
export function byModelStart(a: ModelCall, b: ModelCall): number {
  return a.startUs - b.startUs || (a.span.key < b.span.key ? -1 : 1)
}

function hasSequence(spans: readonly Span[]): boolean {
  const good = spans.filter((span) => !modelOf(span).failed)
  return good.some((span, i) => i > 0 && span.startUs + CLOCK_US >= (good[i - 1] as Span).endUs)
}

function joinTwins(models: readonly Span[], groups: Groups): void {
  let open: Span[] = []
  for (const span of models) {
    open = open.filter(({ endUs }) => endUs + CLOCK_US >= span.startUs).slice(-MAX_OPEN)
    for (const other of open) if (isSameCall(other, span)) groups.join(other, span)
    open.push(span)
  }
}

/** Both overlap in time already. The same emitted id says it; else two instrumentations at the same time. */
function isSameCall(a: Span, b: Span): boolean {
  const declared = [a.facts.declared?.batchId, b.facts.declared?.batchId]
  if (!declared.includes(undefined)) return declared[0] === declared[1]
  const [one, other] = [modelOf(a).emitted, modelOf(b).emitted]
  if (one !== null && other !== null && sharesId(one, other)) return true
  if (a.facts.traceId !== b.facts.traceId) return false
  const isWithin = b.endUs <= a.endUs + CLOCK_US
  if (a.facts.dialect === b.facts.dialect) {
    // Calls side by side tell alike what they emitted: where one alone tells it, it is a step around the call.
    const isOneOfTwo = (one === null) !== (other === null) && !modelOf(a).failed && !modelOf(b).failed
    return isOneOfTwo && isWithin && b.startUs - a.startUs <= TWIN_US
  }
  if (one !== null && other !== null) {
    if (!emitsSameTools(one, other) || idsDiffer(one, other)) return false
    if (one.length > 0 && isWithin) return true
  }
  if (Math.abs(a.startUs - b.startUs) > TWIN_US) return false
  // One that knows what was emitted may be an outer one that goes on while the tools run, or an inner one.
  return Math.abs(a.endUs - b.endUs) <= TWIN_US || (isWithin && (one === null) !== (other === null))
}

function sharesId(a: readonly EmittedCall[], b: readonly EmittedCall[]): boolean {
  const ids = new Set(a.map(({ callId }) => callId))
  return b.some(({ callId }) => callId !== null && ids.has(callId))
}

function idsDiffer(a: readonly EmittedCall[], b: readonly EmittedCall[]): boolean {
  return a.some(
    ({ callId }, i) => callId !== null && (b[i]?.callId ?? null) !== null && callId !== b[i]?.callId,
  )
}

function toModelCall(spans: readonly Span[]): ModelCall {
  const succeeded = spans.filter((span) => !modelOf(span).failed)
  const usable = succeeded.length > 0 ? succeeded : spans
  const narrow = [...usable].sort((a, b) => a.endUs - a.startUs - (b.endUs - b.startUs) || bySpanOrder(a, b))
  const all = narrow.map(modelOf)
  const told = <T>(read: (facts: ModelFacts) => T | null): T | null => {
    for (const facts of all) if (read(facts) !== null) return read(facts)
    return null
  }
  const { startUs, endUs } = narrow[0] as Span
  return {
    span: spans[0] as Span,
    spans,
    startUs,
    endUs,
    facts: {
      role: 'model',
      model: told(({ model }) => model),
      provider: told(({ provider }) => provider),
      inputTokens: told(({ inputTokens }) => inputTokens),
      outputTokens: told(({ outputTokens }) => outputTokens),
      parallelRequested: told(({ parallelRequested }) => parallelRequested),
      emitted: bestOf(all.map(({ emitted }) => emitted)),
      earlier: all
        .map(({ earlier }) => earlier ?? NONE_EARLIER)
        .reduce((a, b) => (b.count > a.count ? b : a)),
      returned: all.map(({ returned }) => returned).reduce((a, b) => (b.length > a.length ? b : a)),
      failed: succeeded.length === 0,
    },
  }
}

/** The emission that tells most: ids before arguments before the number of calls. */
function bestOf(lists: readonly (readonly EmittedCall[] | null)[]): readonly EmittedCall[] | null {
  let best: readonly EmittedCall[] | null = null
  for (const list of lists) {
    if (list !== null && (best === null || worth(list) > worth(best))) best = list
  }
  return best
}

function worth(list: readonly EmittedCall[]): number {
  let sum = 0
  for (const { callId, argumentsKey } of list) {
    sum += 1 + (callId === null ? 0 : 1000) + (argumentsKey === null ? 0 : 10)
  }
  return sum
}

function modelOf(span: Span): ModelFacts {
  return span.facts.facts as ModelFacts
}

import { describe, expect, it } from 'vitest'
import type { ModelFacts, SpanFacts, ToolFacts } from './facts.ts'
import { createFingerprint } from './fingerprint.ts'
import { type Expected, type Recording, readRecordings } from './recordings.test-util.ts'
import { isRecognised, normaliseSpan } from './registry.ts'

const print = createFingerprint('a secret of this test')

/*
 * Where only the root of a run is there, or only its model calls or its tools, the others cannot be held to
 * anything.
 */
const ROOT_ONLY = /langsmith-otel-rootonly$/
const MODEL_ONLY = /^openai\/[^/]+\/(?:parallel|onecall|traceloop-parallel)$/
/** A stream whose usage the instrumentation did not wait for. */
const NO_TOKENS = /^openai\/[^/]+\/stream$/
/** Prompts were left out. */
const NO_HISTORY = /openllmetry-python-style$/
/** Server and client both have a span of a call. */
const NESTED = /semconv-nested$/

type Call = Expected['turns'][number]['calls'][number]

const recordings = readRecordings().map((recording) => ({ ...recording, facts: factsOf(recording) }))
const callsOf = (expected: Expected) => expected.turns.flatMap((turn) => turn.calls)
const models = (facts: readonly SpanFacts[]) =>
  facts
    .toSorted((a, b) => a.startUs - b.startUs)
    .map((fact) => fact.facts)
    .filter((fact) => fact.role === 'model')
const tools = (facts: readonly SpanFacts[]) =>
  facts.map((fact) => fact.facts).filter((fact) => fact.role === 'tool')

function factsOf(recording: Recording): SpanFacts[] {
  return recording.spans.map((span) => normaliseSpan(span, print)).filter(isRecognised)
}

/** The calls of the run that an execution can be taken for by what its span tells. */
function matches(tool: ToolFacts, call: Call): boolean {
  if (tool.tool !== call.name) return false
  if (tool.callId !== null) return tool.callId === call.callId
  return tool.argumentsKey === null || tool.argumentsKey === print(call.args).key
}

describe.each(recordings)('$name', ({ name, spans, expected, facts }) => {
  it('leaves no span unread', () => {
    expect(facts.length).toBe(spans.length)
  })

  it.skipIf(ROOT_ONLY.test(name))('tells each model call with its tokens, and the calls it emitted', () => {
    const told = models(facts).map((model) => [model.inputTokens, model.outputTokens])
    const tokens = expected.modelCalls.map((call) => [call.tokens.input, call.tokens.output])
    expect(told).toEqual(NO_TOKENS.test(name) ? tokens.map(() => [null, null]) : tokens)
    const emitted = models(facts).filter((model) => model.emitted?.length !== 0)
    const turns = expected.turns.filter((turn) => turn.turn <= models(facts).length)
    expect(emitted.map((model) => emittedBy(model))).toEqual(
      turns.map((turn) => turn.calls.map((call) => [call.callId, call.name, print(call.args).key])),
    )
  })

  it.skipIf(ROOT_ONLY.test(name) || MODEL_ONLY.test(name))(
    'tells each execution once, with its outcome',
    () => {
      const ran = callsOf(expected).filter((call) => call.observed !== null)
      const told = tools(facts).filter((tool) => !NESTED.test(name) || tool.callId !== null)
      expect(told.length).toBe(ran.length)
      for (const call of ran) {
        const own = told.filter((tool) => matches(tool, call))
        expect(own.map((tool) => tool.outcome)).toEqual([call.observed?.outcome])
      }
    },
  )

  it.skipIf(ROOT_ONLY.test(name) || MODEL_ONLY.test(name))('prints what came back as what came back', () => {
    for (const call of callsOf(expected).filter((one) => one.observed?.outcome === 'ok')) {
      const own = tools(facts).find(
        (tool) => matches(tool, call) && (tool.callId !== null || !NESTED.test(name)),
      )
      expect(own?.resultFp).toEqual(print(call.observed?.result).fp)
    }
  })

  it.skipIf(ROOT_ONLY.test(name))('finds in each history what the answers before had emitted', () => {
    for (const [i, model] of models(facts).entries()) {
      const before = expected.turns
        .slice(0, i)
        .map((turn) => turn.calls.map((call) => [call.callId, call.name]))
      const told = NO_HISTORY.test(name) ? [] : before
      const last = model.earlier?.last.map((call) => [call.callId, call.tool])
      expect([model.earlier?.count, last]).toEqual([told.length, told.at(-1) ?? []])
    }
  })

  it.skipIf(ROOT_ONLY.test(name))('finds the failure in the history of the next model call', () => {
    const returned = models(facts).at(-1)?.returned ?? []
    for (const call of callsOf(expected)) {
      const own = returned.find((result) => result.callId === call.callId)
      if (own !== undefined)
        expect([call.name, own.failed === true]).toEqual([call.name, call.observed?.outcome === 'error'])
    }
  })
})

function emittedBy(model: ModelFacts) {
  return model.emitted?.map((call) => [call.callId, call.tool, call.argumentsKey])
}

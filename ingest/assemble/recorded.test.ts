import { describe, expect, it } from 'vitest'
import type { SpanFacts } from '../dialects/facts.ts'
import { createFingerprint } from '../dialects/fingerprint.ts'
import { readRecordings } from '../dialects/recordings.test-util.ts'
import { isRecognised, normaliseSpan } from '../dialects/registry.ts'
import { assemble } from './assemble.ts'
import type { AssembledBatch } from './assembled.ts'
import { strip } from './facts.test-util.ts'

const print = createFingerprint('a secret of this test')

/** Only the root of the run was exported: it tells of no call. */
const ROOT_ONLY = /langsmith-otel-rootonly$/
/** Nobody instrumented the tools, so that nothing tells of calls but the contents of the model's spans. */
const MODEL_ONLY = /^openai\/[^/]+\/(?:parallel|onecall|traceloop-parallel)$/
/** What instrumentation adds around a tool's body. */
const TOLERANCE_MS = 2
/** LangChain runs its callbacks beside the tools, so that a span may begin when its tool has long begun. */
const LATE_CALLBACKS = /^langchain\//
const LATE_MS = 10

type Stripped = readonly ('parents' | 'ids' | 'contents')[]
const STRIPPED: readonly { readonly without: Stripped }[] = [
  { without: [] },
  { without: ['parents'] },
  { without: ['ids'] },
  { without: ['contents'] },
  { without: ['parents', 'ids'] },
  { without: ['parents', 'contents'] },
  { without: ['ids', 'contents'] },
]

interface Observed {
  readonly outcome: string
  readonly startUnixMs: number
  readonly endUnixMs: number
}

interface TrueCall {
  readonly callId: string
  readonly name: string
  readonly observed: Observed | null
}

const recordings = readRecordings()
  .filter(({ name }) => !ROOT_ONLY.test(name))
  .map(({ name, spans, expected }) => ({
    name,
    facts: spans.map((span) => normaliseSpan(span, print)).filter(isRecognised),
    // A run that broke off never emitted what its plan had after that.
    turns: (expected.turns as readonly { calls: readonly TrueCall[] }[])
      .map(({ calls }) => calls)
      .filter((calls) => calls.some(({ observed }) => observed !== null)),
  }))

describe.each(recordings)('$name', ({ name, facts, turns }) => {
  const hasTools = !MODEL_ONLY.test(name)

  it('gives a batch a turn with its calls in the order of their emission', () => {
    const told = assemble(facts).map(({ calls }) => calls.map(({ callId, tool }) => [callId, tool]))
    expect(told).toEqual(turns.map((calls) => calls.map(({ callId, name: tool }) => [callId, tool])))
  })

  it('numbers the turns and tells one run and one agent', () => {
    const batches = assemble(facts)
    expect(batches.map(({ turn }) => turn)).toEqual(turns.map((_, i) => i + 1))
    expect(new Set(batches.map(({ runId, agent }) => `${runId} ${agent}`)).size).toBe(1)
  })

  it.runIf(hasTools).each(STRIPPED)(
    'has the same sizes, outcomes and times without $without',
    ({ without }) => {
      const batches = assemble(stripAll(facts, without).toReversed())
      expect(batches.map(({ calls }) => calls.length)).toEqual(turns.map(({ length }) => length))
      batches.forEach((batch, i) => {
        expectTimes(batch, turns[i] ?? [], LATE_CALLBACKS.test(name) ? LATE_MS : TOLERANCE_MS)
      })
    },
  )

  it.runIf(!hasTools)('invents no times for tools that nobody instrumented', () => {
    for (const { calls } of assemble(facts)) {
      expect(calls.every(({ startUs, durationUs }) => startUs === null && durationUs === null)).toBe(true)
    }
  })
})

function stripAll(facts: readonly SpanFacts[], without: Stripped): SpanFacts[] {
  return facts.map((fact) => without.reduce(strip, fact))
}

/** Every execution has a call of its tool and outcome around it: a span may hold more, such as a wait for a lock. */
function expectTimes(batch: AssembledBatch, calls: readonly TrueCall[], lateMs: number): void {
  const startedAtMs = batch.startedAtUs / 1000
  const left = new Set(batch.calls.toSorted((a, b) => (a.durationUs ?? 0) - (b.durationUs ?? 0)))
  // A lock lets later ones wait within their spans: who ended first is the easiest to tell.
  const byEnd = calls.toSorted((a, b) => (a.observed?.endUnixMs ?? 0) - (b.observed?.endUnixMs ?? 0))
  for (const { name: tool, observed } of byEnd) {
    const found = [...left].find((call) => {
      if (call.tool !== tool || call.outcome !== observed?.outcome || call.startUs === null) return false
      const startMs = startedAtMs + call.startUs / 1000
      const endMs = startMs + (call.durationUs ?? 0) / 1000
      return startMs <= observed.startUnixMs + lateMs && endMs >= observed.endUnixMs - TOLERANCE_MS
    })
    expect(found, tool).toBeDefined()
    if (found !== undefined) left.delete(found)
  }
}

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { TimedCall } from '#lib/model/batch.ts'
import type { Effect, Mode } from '#lib/model/vocabulary.ts'
import { computeBlockedUs } from './blocked.ts'
import { computeIdealSchedule } from './ideal-schedule.ts'
import { measureBatch } from './measure-batch.ts'

interface GoldenCall {
  call_id: string
  attempt: number
  seq: number
  tool: string
  effect: Effect
  mode: Mode | null
  depends_on: string[]
  start_ms: number | null
  duration_ms: number | null
  held_ms?: number
}

interface GoldenCase {
  name: string
  drawing: string[]
  intent: { mode: Mode | null; concurrency: number | null; tool_caps: Record<string, number> | null }
  calls: GoldenCall[]
  sdk: boolean
  expected: {
    ideal: { call_id: string; attempt: number; start_ms: number }[]
    ideal_ms: number | null
    wall_ms: number | null
    sum_ms: number | null
    serialization: number | null
    slowest_call_id: string | null
    blocked_ms: Record<string, number | null>
    ignored_dependencies: { call_id: string; depends_on: string; reason: string }[]
  }
}

const path = new URL('../../fixtures/golden/scheduling.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: GoldenCase[] }

const toUs = (ms: number | null) => (ms === null ? null : Math.round(ms * 1000))
const toMs = (us: number | null) => (us === null ? null : us / 1000)
const keyOf = (call: { callId: string; attempt: number }) => `${call.callId}#${call.attempt}`

function toBatch({ intent, calls }: GoldenCase) {
  return {
    mode: intent.mode,
    concurrency: intent.concurrency,
    toolCaps: intent.tool_caps && new Map(Object.entries(intent.tool_caps)),
    calls: calls.map(
      (call): TimedCall => ({
        callId: call.call_id,
        attempt: call.attempt,
        seq: call.seq,
        tool: call.tool,
        effect: call.effect,
        mode: call.mode,
        dependsOn: call.depends_on,
        startUs: toUs(call.start_ms),
        durationUs: toUs(call.duration_ms),
        heldUs: toUs(call.held_ms ?? null),
      }),
    ),
  }
}

function idealStarts(batch: ReturnType<typeof toBatch>) {
  const { startsUs } = computeIdealSchedule(batch)
  const ran = batch.calls.flatMap((call, index) =>
    call.startUs === null ? [] : [[keyOf(call), startsUs[index]]],
  )
  return Object.fromEntries(ran)
}

function toStarts({ expected }: GoldenCase) {
  return Object.fromEntries(
    expected.ideal.map((call) => [`${call.call_id}#${call.attempt}`, toUs(call.start_ms)]),
  )
}

describe.each(cases)('$name', (golden) => {
  const batch = toBatch(golden)
  const { expected } = golden

  it('has the ideal schedule of the drawing', () => {
    expect(golden.drawing.length).toBeGreaterThan(0)
    expect(idealStarts(batch)).toEqual(toStarts(golden))
  })

  it('has the expected measures', () => {
    const measures = measureBatch(batch)
    expect({
      ideal_ms: toMs(measures.idealUs),
      wall_ms: toMs(measures.wallUs),
      sum_ms: toMs(measures.sumUs),
      serialization: measures.serialization,
      slowest_call_id: measures.slowestCallId,
      ignored_dependencies: measures.ignoredDependencies.map((edge) => ({
        call_id: edge.callId,
        depends_on: edge.dependsOn,
        reason: edge.reason,
      })),
    }).toEqual({
      ideal_ms: expected.ideal_ms,
      wall_ms: expected.wall_ms,
      sum_ms: expected.sum_ms,
      serialization: expected.serialization,
      slowest_call_id: expected.slowest_call_id,
      ignored_dependencies: expected.ignored_dependencies,
    })
  })

  it('blocks as long as expected', () => {
    const blockedUs = computeBlockedUs(batch.calls)
    const ran = batch.calls.flatMap((call, index) =>
      call.startUs === null ? [] : [[keyOf(call), toMs(blockedUs[index] ?? null)]],
    )
    expect(Object.fromEntries(ran)).toEqual(expected.blocked_ms)
  })
})

describe('a case for runtimes', () => {
  it.each(cases.filter((golden) => golden.sdk))(
    'has the same ideal schedule when all calls are handed over at once: $name',
    (golden) => {
      const batch = toBatch(golden)
      const calls = batch.calls.map((call) => ({ ...call, startUs: 0 }))
      expect(idealStarts({ ...batch, calls })).toEqual(toStarts(golden))
    },
  )
})

import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { WireBatch, WireCall } from '#lib/contract/reads.ts'
import { makeDetail, makeWireCall } from '#lib/timeline/testing/detail.ts'
import { judge } from './judge.ts'
import { decode, readRuns } from './recordings.ts'
import { createFreshIds, renameIds } from './rename-ids.ts'
import { readTruth, type TrueTurn } from './truth.ts'
import { VARIANTS } from './variants.ts'

const RUNS = readRuns(fileURLToPath(new URL('../../fixtures/', import.meta.url)))
const [RUN] = RUNS.filter(({ name }) => name === 'vercel-ai/7.0.173/parallel').map((run) =>
  renameIds(run, createFreshIds(1)),
)
if (RUN === undefined) throw new Error('the recorded run is gone')
const SPANS = RUN.requests.flatMap((request) => decode(request).spans)
const TRUTH = readTruth(RUN, SPANS)

/** The batches that say exactly what is true. */
function perfect(turns: readonly TrueTurn[] = TRUTH): WireBatch[] {
  return turns.map(({ turn, calls }) => {
    const startedAt = Math.min(...calls.map(({ startMs }) => startMs))
    return {
      ...makeDetail({}),
      calls: calls.map((call, i) =>
        makeWireCall({
          call_id: call.callId ?? `${turn}.${i}`,
          tool: call.tool,
          outcome: call.outcome as WireCall['outcome'],
          start_ms: call.startMs - startedAt,
          duration_ms: call.endMs - call.startMs,
        }),
      ),
      run_id: 'run-1',
      turn,
      started_at: startedAt,
      emitted_calls: calls.length,
      size: calls.length,
    }
  })
}

type Change = (batches: WireBatch[]) => WireBatch[]
const withCall =
  (change: Partial<WireCall>): Change =>
  ([first, ...rest]) => [
    {
      ...(first as WireBatch),
      calls: (first?.calls ?? []).map((call, i) => (i === 1 ? { ...call, ...change } : call)),
    },
    ...rest,
  ]
const withBatch =
  (change: Partial<WireBatch>): Change =>
  ([first, ...rest]) => [{ ...(first as WireBatch), ...change }, ...rest]
const figures = (batches: readonly WireBatch[]) => [
  ...new Set(judge(TRUTH, batches).faults.map(({ figure }) => figure)),
]

describe('the judge', () => {
  it('finds nothing wrong with the truth', () => {
    expect(TRUTH.map(({ calls, peak }) => [calls.length, peak])).toEqual([
      [4, 4],
      [1, 1],
    ])
    expect(judge(TRUTH, perfect())).toMatchObject({ turns: 2, rightTurns: 2, untimedCalls: 0, faults: [] })
  })

  it.each<[string, Change, string[]]>([
    ['a turn that is missing', (batches) => batches.slice(1), ['turns']],
    ['a turn that is told twice', ([a, b]) => [a, a, b] as WireBatch[], ['turns']],
    ['a batch before the run', withBatch({ started_at: 0 }), ['turns']],
    ['a size', withBatch({ size: 3 }), ['sizes']],
    ['the number of calls that were emitted', withBatch({ emitted_calls: 5 }), ['sizes']],
    ['the name of a tool', withCall({ tool: 'get_weather' }), ['calls']],
    ['an id', withCall({ call_id: 'another' }), ['ids']],
    ['an outcome', withCall({ outcome: 'timeout' }), ['outcomes']],
    ['an outcome that is not known', withCall({ outcome: 'unknown' }), ['outcomes']],
    ['an end', withCall({ duration_ms: 60 }), ['times']],
    ['a call without times', withCall({ start_ms: null, duration_ms: null }), ['times', 'concurrency']],
    ['a number of a turn', withBatch({ turn: 7 }), ['numbers']],
    ['a run that falls apart', withBatch({ run_id: 'run-2' }), ['runs']],
    ['an agent by two names', withBatch({ agent: 'another' }), ['runs']],
  ])('sees %s', (_, change, expected) => {
    expect(figures(change(perfect()))).toEqual(expected)
  })

  it('takes no times for calls that are told as emitted only, and no batch for spans that tell of none', () => {
    const untimed = TRUTH.map((turn) => ({
      ...turn,
      peak: null,
      calls: turn.calls.map((call) => ({ ...call, told: 'emission' as const })),
    }))
    expect(judge(untimed, perfect()).faults.map(({ figure }) => figure)).toContain('times')
    expect(judge([], perfect()).faults.map(({ figure }) => figure)).toEqual(['turns'])
    expect(judge([], [])).toMatchObject({ turns: 0, faults: [] })
  })
})

describe('a variant', () => {
  it.each(VARIANTS.filter(({ isWhole }) => isWhole))('$name tells the same truth', ({ toRequests }) => {
    const spans = toRequests(RUN).flatMap((request) => decode(request).spans)
    expect(new Set(spans.map(({ spanId }) => spanId))).toEqual(new Set(SPANS.map(({ spanId }) => spanId)))
    expect(readTruth(RUN, spans)).toEqual(TRUTH)
  })

  it('without call ids or contents tells none of either', () => {
    const textOf = (name: string) =>
      JSON.stringify(
        VARIANTS.filter((variant) => variant.name === name)
          .flatMap(({ toRequests }) => toRequests(RUN))
          .flatMap((request) => decode(request).spans),
        (_, value) => (typeof value === 'bigint' ? String(value) : value),
      )
    const [callId] = RUN.callIds.values()
    expect(textOf('recorded')).toContain(callId)
    expect(textOf('recorded')).toContain('A-1042')
    expect(textOf('no call ids')).not.toContain(callId)
    expect(textOf('no contents')).not.toContain('A-1042')
  })
})

it('gives every sending of every run ids that no other has', () => {
  const fresh = createFreshIds(2)
  const sendings = [...RUNS, ...RUNS].map((run) => renameIds(run, fresh))
  const ids = sendings.flatMap(({ callIds, runIds }) => [...callIds.values(), ...runIds])
  expect(new Set(ids).size).toBe(ids.length)
  for (const [i, { requests }] of sendings.entries()) {
    const spans = requests.flatMap((request) => decode(request).spans)
    const recorded = [...RUNS, ...RUNS][i]?.requests.flatMap((request) => decode(request).spans) ?? []
    expect(spans.map(({ name, startUnixNano }) => [name, startUnixNano])).toEqual(
      recorded.map(({ name, startUnixNano }) => [name, startUnixNano]),
    )
    expect(
      new Set(spans.map(({ traceId }) => traceId)).isDisjointFrom(
        new Set(recorded.map(({ traceId }) => traceId)),
      ),
    ).toBe(true)
  }
})

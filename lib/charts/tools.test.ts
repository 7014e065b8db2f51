import { describe, expect, test } from 'vitest'
import type { Tool, ToolDetail } from '#lib/contract/reads.ts'
import { prepareBreakdown, prepareDecades } from './breakdown.ts'
import { prepareByCount } from './by-count.ts'
import { describeEffective } from './effective-window.ts'
import { prepareLatency } from './latency.ts'
import { prepareLedger } from './ledger.ts'
import { countCell, durationCell, shareCell, textCell, toTsv } from './table.ts'
import { prepareToolRows, TOOL_SORT_KEYS } from './tool-rows.ts'
import { latencyRowSpan, tabulateBreakdown, tabulateLatency } from './tool-tables.ts'

const percentiles = { p50_ms: 100, p95_ms: 400, p99_ms: 900, n: 50, low_sample: false }
const tool = (name: string, change: Partial<Tool> = {}): Tool => ({
  tool: name,
  effect: 'read',
  calls: 50,
  outcomes: { ok: 48, error: 1, timeout: 1, cancelled: 0, 'never-ran': 0, unknown: 0 },
  ...percentiles,
  slowest_share: 0.2,
  blocked_ms: 1000,
  ...change,
})
const NONE = { p50_ms: null, p95_ms: null, p99_ms: null, n: 0, low_sample: true }
const names = (rows: readonly { tool: string }[]) => rows.map((row) => row.tool)

describe('tools', () => {
  const tools = [
    tool('b', { blocked_ms: 5000 }),
    tool('a'),
    tool('never', { ...NONE, calls: 0, slowest_share: null, blocked_ms: 0 }),
  ]

  test('every column orders in both directions and what does not exist comes last', () => {
    for (const key of TOOL_SORT_KEYS) {
      for (const order of ['asc', 'desc'] as const) {
        const { rows } = prepareToolRows(tools, { key, order })
        expect(rows).toHaveLength(3)
        if (['p50', 'p95', 'p99', 'failing', 'slowest'].includes(key)) expect(rows.at(-1)?.tool).toBe('never')
      }
    }
    expect(names(prepareToolRows(tools, { key: 'alone', order: 'desc' }).rows)).toEqual(['b', 'a', 'never'])
    expect(names(prepareToolRows(tools, { key: 'tool', order: 'desc' }).rows)).toEqual(['never', 'b', 'a'])
  })

  test('exactly the tool that turns waited for longest has the accent', () => {
    const { rows } = prepareToolRows(tools, { key: 'tool', order: 'asc' })
    expect(rows.map((row) => row.isSlowest)).toEqual([false, true, false])
    const idle = prepareToolRows([tool('x', { blocked_ms: 0 })], { key: 'tool', order: 'asc' })
    expect(idle.rows[0]?.isSlowest).toBe(false)
  })

  test('finding a name changes neither scales nor totals', () => {
    const all = prepareToolRows(tools, { key: 'tool', order: 'asc' })
    const some = prepareToolRows(tools, { key: 'tool', order: 'asc' }, ' B ')
    expect(names(some.rows)).toEqual(['b'])
    expect(some.scale?.ticks).toEqual(all.scale?.ticks)
    expect(some.blockedMs).toBe(6000)
  })

  test('the failing share counts errors and timeouts', () => {
    expect(prepareToolRows(tools, { key: 'tool', order: 'asc' }).rows.map((row) => row.failingShare)).toEqual(
      [0.04, 0.04, null],
    )
  })
})

describe('scales', () => {
  test('decades hold the fastest p50 and the slowest p99', () => {
    const scale = prepareDecades([tool('a', { p50_ms: 12, p99_ms: 900 })])
    expect(scale?.ticks.map((tick) => tick.label)).toEqual(['10 ms', '100 ms', '1 s'])
    expect(scale?.barOf({ ...percentiles, calls: 1, p50_ms: 10, p95_ms: 100, p99_ms: 1000 })).toEqual({
      p50: 0,
      p95: 0.5,
      p99: 1,
    })
  })

  test('at most five decades: what is faster shares the left edge', () => {
    const scale = prepareDecades([tool('a', { p50_ms: 0.001, p99_ms: 9000 }), tool('b', { p50_ms: 0 })])
    expect(scale?.ticks.map((tick) => tick.label)).toEqual([
      '100 µs',
      '1 ms',
      '10 ms',
      '100 ms',
      '1 s',
      '10 s',
    ])
    expect(scale?.barOf({ ...percentiles, calls: 1, p50_ms: 0 })?.p50).toBe(0)
  })

  test('without percentiles there is no scale and no bar', () => {
    expect(prepareDecades([{ ...NONE, calls: 3 }])).toBeNull()
    expect(prepareBreakdown([{ ...NONE, calls: 3 }]).rows[0]?.bar).toBeNull()
  })

  test('a breakdown keeps its order, hides the rarest and ends its scale at the longest p95', () => {
    const row = (name: string, calls: number, p95_ms: number) => ({ ...percentiles, name, calls, p95_ms })
    const { rows, hidden } = prepareBreakdown([row('x', 5, 800), row('y', 1, 900), row('z', 9, 400)], 2)
    expect(rows.map((each) => each.name)).toEqual(['x', 'z'])
    expect(hidden).toBe(1)
    expect(rows[0]?.bar).toEqual({ p50: 0.125, p95: 1, p99: null })
  })

  test('an unseen count is a gap, and counts beyond the last are only in the table', () => {
    const row = (count: number) => ({ ...percentiles, count })
    const model = prepareByCount([row(4), row(2), row(60)], 32)
    expect(model.points.map((point) => [point.count, point.p50Ms])).toEqual([
      [2, 100],
      [3, null],
      [4, 100],
    ])
    expect(model.hidden).toBe(1)
    expect(model.ticks).toEqual([2, 3, 4])
    expect(prepareByCount([], 32)).toMatchObject({ points: [], ticks: [], latest: null })
  })

  test('rare counts beyond the last sure one are not drawn, unless nothing is sure', () => {
    const row = (count: number, n: number) => ({ ...percentiles, count, n, low_sample: n < 20 })
    const model = prepareByCount([row(1, 3), row(2, 50), row(3, 4)], 32)
    expect(model.points.map((point) => point.count)).toEqual([1, 2])
    expect(model.hidden).toBe(1)
    expect(prepareByCount([row(1, 3), row(2, 4)], 32).points).toHaveLength(2)
  })
})

describe('latency', () => {
  const LATER = { asOfMs: 1e15, isOpen: false }

  const bin = (hour: number, change: Partial<ToolDetail['series'][number]> = {}) => ({
    from: hour * 10,
    to: hour * 10 + 10,
    calls: 50,
    failures: 2,
    ...percentiles,
    ...change,
  })

  test('a bin without calls is a gap', () => {
    const { points, latest } = prepareLatency(
      [bin(0), bin(1, { ...NONE, calls: 0 }), bin(2), bin(3, { ...NONE, calls: 2 })],
      LATER,
    )
    expect(points.map((point) => point.band)).toEqual([[100, 400], null, [100, 400], null])
    expect(latest).toBe(points[2])
  })

  test('an open window begins with the first call, a bounded one where it was asked to', () => {
    const series = [bin(0, { ...NONE, calls: 0 }), bin(1), bin(2, { ...NONE, calls: 0 })]
    expect(prepareLatency(series, { ...LATER, isOpen: true }).span).toEqual({ fromMs: 10, toMs: 30 })
    expect(prepareLatency(series, LATER).span).toEqual({ fromMs: 0, toMs: 30 })
  })

  test('a bin that is under way ends when it is read', () => {
    const { points, span } = prepareLatency([bin(0), bin(1)], { asOfMs: 14, isOpen: false })
    expect(points.map((point) => point.atMs)).toEqual([5, 12])
    expect(span).toEqual({ fromMs: 0, toMs: 14 })
  })

  test('its table is newest first and says where no call ran', () => {
    const series = [bin(0), bin(1, { ...NONE, calls: 2, failures: 0 })]
    const { columns, rows } = tabulateLatency(series, 'UTC', 1e15)
    expect(rows.map((row) => row.length)).toEqual([columns.length, columns.length])
    expect(rows[0]?.slice(1).map((cell) => cell.text)).toEqual([
      '2',
      '0',
      'none ran',
      'none ran',
      'none ran',
      '0',
    ])
    expect(latencyRowSpan(series, 0)).toEqual({ fromMs: 10, toMs: 20 })
    const byName = tabulateBreakdown(
      'By agent',
      'Agent',
      [{ ...percentiles, calls: 50, agent: 'a' }],
      (row) => row.agent,
    )
    expect(byName.rows[0]?.map((cell) => cell.raw)).toEqual(['a', 50, 50, 100, 400, 900])
  })

  test('an empty series has no span', () => {
    expect(prepareLatency([], { asOfMs: 0, isOpen: true })).toMatchObject({
      points: [],
      span: null,
      latest: null,
    })
  })
})

describe('ledger', () => {
  const sibling = (name: string, blocked_ms: number, slowest_share: number | null) => ({
    tool: name,
    batches: 10,
    slowest: 1,
    slowest_share,
    blocked_ms,
    blocked_p50_ms: null,
  })

  test('the costliest come first, the total is over all tools', () => {
    const ledger = prepareLedger([sibling('a', 10, 0.5), sibling('b', 90, 0.25), sibling('c', 1, null)], 2)
    expect(ledger.rows.map((row) => [row.tool, row.barShare, row.isSlowest])).toEqual([
      ['b', 0.5, true],
      ['a', 1, false],
    ])
    expect(ledger).toMatchObject({ tools: 3, blockedMs: 101 })
  })

  test('nobody is the slowest when no turn waited', () => {
    expect(prepareLedger([sibling('a', 0, 0)], 5).rows[0]).toMatchObject({ isSlowest: false, barShare: 0 })
  })
})

describe('words', () => {
  const from = Date.parse('2026-11-20T02:00:00Z')
  const to = Date.parse('2026-11-20T05:00:00Z')

  test('a rounded window is said, an exact or open one is not', () => {
    const asked = { fromMs: from + 600_000, toMs: null }
    expect(describeEffective(asked, { fromMs: from, toMs: to }, to, 'UTC')).toBe(
      'measured 20 Nov 02:00 to 05:00',
    )
    expect(describeEffective({ fromMs: from, toMs: to }, { fromMs: from, toMs: to }, to, 'UTC')).toBeNull()
    expect(
      describeEffective({ fromMs: null, toMs: null }, { fromMs: null, toMs: null }, to, 'UTC'),
    ).toBeNull()
  })

  test('a copied table has bare numbers, empty fields for what is missing, and no formulas', () => {
    const table = {
      caption: 'x',
      columns: [
        { label: 'Tool' },
        { label: 'p50', unit: 'ms' },
        { label: 'Failing', unit: '%' },
        { label: 'Calls' },
      ],
      rows: [
        [textCell('=cmd\t"a"'), durationCell(1234.5), shareCell(0.5), countCell(12_000)],
        [textCell('b'), durationCell(null), shareCell(null), countCell(0)],
      ],
    }
    expect(toTsv(table)).toBe('Tool\tp50 (ms)\tFailing (%)\tCalls\n\'=cmd "a"\t1234.5\t50\t12000\nb\t\t\t0')
  })
})

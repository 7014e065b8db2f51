import type { Page } from 'playwright-core'
import { describe, expect, vi } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import type { BatchSizes, Siblings, ToolDetail, ToolList } from '#lib/contract/reads.ts'
import {
  type ExactPercentiles,
  exactLedger,
  exactPercentiles,
  inFlightAtStart,
  sizeBand,
} from './exact-latency.ts'
import { test } from './harness.ts'
import { latencyWorkload } from './latency-workload.ts'
import { openPage, PATIENCE, readTable, spokenTexts } from './page-tools.ts'
import { sendBatches } from './sample-batches.ts'

const END_MS = Date.now() - 60_000
const SENT = latencyWorkload(1_500, END_MS)
const REQUEST = 500

/** Neither bound is near an hour's. */
const FROM_MS = Math.floor((END_MS - 41 * 3_600_000) / 3_600_000) * 3_600_000 + 1_234_567
const TO_MS = Math.floor((END_MS - 5 * 3_600_000) / 3_600_000) * 3_600_000 + 2_345_678

interface View {
  readonly query: string
  readonly holds: (batch: IngestBatch) => boolean
}

const VIEWED: Readonly<Record<string, View>> = {
  'all time': { query: '', holds: () => true },
  'a window with open edges': {
    query: `from=${FROM_MS}&to=${TO_MS}`,
    holds: ({ started_at: at }) => at >= FROM_MS && at < TO_MS,
  },
  'since an instant': { query: `from=${FROM_MS}`, holds: ({ started_at: at }) => at >= FROM_MS },
  'one agent': { query: 'agent=planner', holds: ({ agent }) => agent === 'planner' },
  'two agents in a window': {
    query: `agent=writer&agent=clerk&to=${TO_MS}`,
    holds: ({ agent, started_at: at }) => agent !== 'planner' && at < TO_MS,
  },
  'an agent in an environment': {
    query: `agent=writer&environment=staging&from=${FROM_MS}&to=${TO_MS}`,
    holds: ({ agent, environment, started_at: at }) =>
      agent === 'writer' && environment === 'staging' && at >= FROM_MS && at < TO_MS,
  },
}

test.beforeAll(async ({ server }) => {
  for (let at = 0; at < SENT.length; at += REQUEST)
    await sendBatches(server.url, SENT.slice(at, at + REQUEST))
  const calls = SENT.reduce((sum, batch) => sum + batch.calls.length, 0)
  const derived = async () => {
    const { tools } = await read<ToolList>(server.url, '/api/v1/tools')
    return tools.reduce((sum, tool) => sum + tool.calls, 0)
  }
  await vi.waitFor(async () => expect(await derived()).toBe(calls), PATIENCE)
})

async function read<T>(url: string, path: string): Promise<T> {
  const response = await fetch(new URL(path, url))
  expect(response.status, path).toBe(200)
  return (await response.json()) as T
}

interface Covered {
  readonly effective_from: number | null
  readonly effective_to: number | null
}

/**
 * The answer once it covers all that was asked for: a server whose cores are busy may cover less of a window
 * with open edges, and says so.
 */
async function readWhole<T extends Covered>(url: string, path: string, query: string): Promise<T> {
  const asked = new URLSearchParams(query)
  const bounds = ['from', 'to'].map((name) => (asked.has(name) ? Number(asked.get(name)) : null))
  return vi.waitFor(async () => {
    const answer = await read<T>(url, `${path}?${query}`)
    expect([answer.effective_from, answer.effective_to]).toEqual(bounds)
    return answer
  }, PATIENCE)
}

interface Percentiles {
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
}

/** Within 1 %, and to the microsecond in which times are kept. */
function expectClose(got: number | null, exact: number | null, what: string): void {
  if (exact === null || got === null) expect(got, what).toBe(exact)
  else
    expect(Math.abs(got - exact), `${what}: ${got} against ${exact}`).toBeLessThanOrEqual(
      exact * 0.01 + 0.0005,
    )
}

function expectPercentiles(got: Percentiles, exact: ExactPercentiles | undefined, what: string): void {
  expectClose(got.p50_ms, exact?.p50 ?? null, `p50 of ${what}`)
  expectClose(got.p95_ms, exact?.p95 ?? null, `p95 of ${what}`)
  expectClose(got.p99_ms, exact?.p99 ?? null, `p99 of ${what}`)
}

/** The parts of a tool against exact ones, by the same keys. */
function expectParts<Row extends Percentiles & { calls: number; n: number }>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  exact: ReadonlyMap<string, ExactPercentiles>,
): void {
  const seen = rows.filter((row) => row.calls > 0)
  expect(new Map(seen.map((row) => [keyOf(row), row.n]))).toEqual(
    new Map(Array.from(exact, ([key, { n }]) => [key, n])),
  )
  for (const row of seen) expectPercentiles(row, exact.get(keyOf(row)), keyOf(row))
}

/** The tooltips of the percentiles, exact to the microsecond, by tool. */
async function readTooltips(page: Page): Promise<Map<string, Percentiles>> {
  const rows = await page
    .getByRole('table')
    .locator('tbody tr')
    .evaluateAll((elements) =>
      elements.map((row) => {
        const cells = [...row.children].slice(4, 7)
        return {
          tool: row.querySelector('a [title], a[title]')?.getAttribute('title') ?? '',
          titles: cells.map((cell) => cell.querySelector('[title$="ms"]')?.getAttribute('title') ?? null),
        }
      }),
    )
  const number = (title: string | null | undefined) =>
    title == null ? null : Number(title.replace(/[, ms]/g, ''))
  return new Map(
    rows.map(({ tool, titles: [p50, p95, p99] }) => [
      tool,
      { p50_ms: number(p50), p95_ms: number(p95), p99_ms: number(p99) },
    ]),
  )
}

describe.for(Object.entries(VIEWED))('%s', ([, { query, holds }]) => {
  const batches = SENT.filter(holds)
  const exact = exactPercentiles(batches, (call) => call.tool)
  const ledger = exactLedger(batches)

  test('every percentile of the public API is within 1 % of the exact value, every count exact', async ({
    server,
  }) => {
    const { tools } = await readWhole<ToolList>(server.url, '/api/v1/tools', query)
    expect(new Map(tools.map(({ tool, calls, n }) => [tool, { calls, n }]))).toEqual(
      new Map(Array.from(exact, ([tool, { calls, n }]) => [tool, { calls, n }])),
    )
    for (const tool of tools) expectPercentiles(tool, exact.get(tool.tool), tool.tool)
  })

  test('the slowest-sibling ledger is exact', async ({ server }) => {
    const { siblings } = await readWhole<Siblings>(server.url, '/api/v1/siblings', query)
    expect(siblings.map(({ tool, batches: held, slowest }) => [tool, held, slowest]).sort()).toEqual(
      Array.from(ledger, ([tool, { batches: held, slowest }]) => [tool, held, slowest]).sort(),
    )
    const { tools } = await readWhole<ToolList>(server.url, '/api/v1/tools', query)
    for (const { tool, slowest_share: share, blocked_ms: blockedMs } of tools) {
      const { batches: held = 0, slowest = 0, blockedMs: exactMs = 0 } = ledger.get(tool) ?? {}
      expect(share, `share of ${tool}`).toBe(held === 0 ? null : slowest / held)
      expect(Math.round(blockedMs * 1000), `time alone of ${tool}`).toBe(Math.round(exactMs * 1000))
    }
  })

  test('the page shows the same, in figures and in tooltips', async ({ page }) => {
    const table = page.getByRole('table')
    const counts = new Map(Array.from(exact, ([tool, { calls }]) => [tool, calls.toLocaleString('en-GB')]))
    // Again while it says that it covers less.
    await vi.waitFor(async () => {
      await openPage(page, `/tools?${query}`)
      const rows = await readTable(table)
      expect(new Map(rows.map((row) => [row.Tool, row.Calls]))).toEqual(counts)
    }, PATIENCE)
    const tooltips = await readTooltips(page)
    for (const [tool, percentiles] of exact) {
      const shown = tooltips.get(tool)
      expect(shown, tool).toBeDefined()
      if (shown) expectPercentiles(shown, percentiles, tool)
    }
    const rows = new Map((await readTable(table)).map((row) => [row.Tool, row]))
    expect(rows.get('constant')?.p95).toMatch(/^42\.[1-9] ms$/)
  })
})

describe('one tool', () => {
  const TOOL = 'log_normal'
  const keys = (of: (batch: IngestBatch) => string) =>
    exactPercentiles(SENT, (call, batch) => (call.tool === TOOL ? of(batch) : null))

  test('is split by agent, version, size, outcome and calls in flight, each within 1 %', async ({
    server,
  }) => {
    const detail = await readWhole<ToolDetail>(server.url, `/api/v1/tools/${TOOL}`, '')
    expectParts(
      detail.by_agent,
      (row) => row.agent,
      keys(({ agent }) => agent),
    )
    expectParts(
      detail.by_version,
      (row) => String(row.version),
      keys(({ version }) => String(version)),
    )
    expectParts(detail.by_size, (row) => row.size_band, keys(sizeBand))
    const outcomes = exactPercentiles(SENT, ({ tool, outcome }) => (tool === TOOL ? outcome : null))
    expectParts(detail.by_outcome, (row) => row.outcome, outcomes)
    const inFlight = exactPercentiles(SENT, (call, batch) =>
      call.tool === TOOL ? inFlightAtStart(call, batch) : null,
    )
    const ran = detail.by_concurrency.filter((row) => row.n > 0)
    expectParts(ran, (row) => String(row.concurrency), inFlight)
  })

  test('opens from its row and shows its figures and its slowest call in its batch', async ({ page }) => {
    const exact = exactPercentiles(SENT, (call) => call.tool).get('größe/µ 100%')
    await openPage(page, '/tools?range=7d')
    await page.keyboard.press('/')
    await page.keyboard.type('größe')
    await expect.poll(() => page.getByRole('table').locator('tbody tr').count(), PATIENCE).toBe(1)
    await page.getByRole('link', { name: 'größe/µ 100%' }).click()
    await page.getByRole('heading', { name: 'größe/µ 100%', level: 1 }).waitFor()
    expect(new URL(page.url()).searchParams.get('range')).toBe('7d')
    const terms = await spokenTexts(page.locator('dl[aria-label="What the tool costs"] > div'))
    expect(terms[0]).toBe(
      `Calls ${exact?.calls.toLocaleString('en-GB')} ${exact?.n.toLocaleString('en-GB')} ran`,
    )

    await page.getByRole('button', { name: 'Table: Latency over time' }).click()
    const series = await readTable(page.getByRole('table', { name: /Latency/ }))
    const counted = series.reduce((sum, row) => sum + Number(row.Calls?.replace(',', '')), 0)
    expect(counted).toBe(exact?.calls)

    const slowest = page.getByRole('region', { name: 'Its slowest calls' }).getByRole('link').first()
    const [batchId] = ((await slowest.getAttribute('title')) ?? '').split(', ')
    await slowest.click()
    await page.getByRole('heading', { name: batchId ?? '', exact: true }).waitFor()
    await page
      .getByRole('complementary', { name: 'Facts' })
      .getByRole('heading', { name: 'größe/µ 100%' })
      .waitFor()
  })

  test('that nobody knows gives a page that says so', async ({ page }) => {
    await openPage(page, '/tools/no_such_tool')
    await page.getByRole('heading', { name: 'No call of this tool was ever recorded' }).waitFor()
  })
})

test('wall times by number of calls are within 1 %', async ({ server }) => {
  const { sizes } = await readWhole<BatchSizes>(server.url, '/api/v1/batch-sizes', '')
  const walls = new Map<number, number[]>()
  for (const batch of SENT) {
    const edges = batch.calls.flatMap(({ start_ms: start, duration_ms: duration }) =>
      start == null || duration == null ? [] : [[start, start + duration] as const],
    )
    const list = walls.get(batch.calls.length) ?? []
    if (edges.length > 0) {
      list.push(Math.max(...edges.map(([, end]) => end)) - Math.min(...edges.map(([start]) => start)))
    }
    walls.set(batch.calls.length, list)
  }
  for (const size of sizes) {
    const sorted = (walls.get(size.size) ?? []).sort((a, b) => a - b)
    const at = (hundredths: number) => sorted[Math.floor((hundredths * (sorted.length - 1)) / 100)] ?? null
    const exact = { calls: 0, n: sorted.length, p50: at(50), p95: at(95), p99: at(99) }
    expectPercentiles(size, exact, `size ${size.size}`)
  }
  expect(sizes.map(({ size }) => size).sort((a, b) => a - b)).toEqual([...walls.keys()].sort((a, b) => a - b))
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createReads } from '#db/queries/reads.ts'
import { openForReading } from '#db/sqlite/open.ts'
import type { StoreReads } from '#db/store.ts'
import type { ListQuery } from '#lib/contract/query.ts'
import type { WireBatch } from '#lib/contract/reads.ts'
import { type Filled, fillStore } from './lib/filled-store.ts'
import { quantile, type Row } from './lib/report.ts'
import { withTempDir } from './lib/temp-dir.ts'
import { createRandom } from './lib/workload.ts'

const SIZES = [100_000, 1_000_000]
const TRIES = 15
const BUDGET_MS = 50
const GROWTH_BUDGET = 1.5
/** Below this a read is as good as free, and a ratio of two such times says nothing. */
const NEGLIGIBLE_MS = 5

type Random = () => number
/** Runs one read and checks what it gave. @throws when the answer is wrong */
type Read = (reads: StoreReads, store: Filled, random: Random) => Promise<void>

function list(
  query: (store: Filled, random: Random) => ListQuery,
  holds: (batch: WireBatch, query: ListQuery) => boolean,
  expectSome = true,
): Read {
  return async (reads, store, random) => {
    const asked = query(store, random)
    const { batches, next_cursor } = await reads.listBatches(asked, store.lastMs)
    const wrong = batches.find((batch) => !holds(batch, asked))
    if (wrong) throw new Error(`${wrong.batch_id} does not match ${JSON.stringify(asked)}`)
    if (expectSome && batches.length === 0 && next_cursor === null)
      throw new Error(`nothing found for ${JSON.stringify(asked)}`)
  }
}

const pick = <T>(values: readonly T[], random: Random): T => values[Math.floor(random() * values.length)] as T

const READS: Readonly<Record<string, Read>> = {
  'newest batches': list(
    () => ({}),
    () => true,
  ),
  'a random hour': list(
    ({ firstMs, lastMs }, random) => {
      const from = firstMs + random() * (lastMs - firstMs - 3_600_000)
      return { from, to: from + 3_600_000 }
    },
    ({ started_at }, { from, to }) => started_at >= (from ?? 0) && started_at < (to ?? 0),
  ),
  'a rare agent': list(
    () => ({ agent: ['rare-agent'] }),
    ({ agent }) => agent === 'rare-agent',
  ),
  'a rare version': list(
    () => ({ version: ['0.0.1-rare'] }),
    ({ version }) => version === '0.0.1-rare',
  ),
  'a rare tool': list(
    () => ({ tool: ['rare_tool'] }),
    ({ calls }) => calls.some(({ tool }) => tool === 'rare_tool'),
  ),
  'a rare agent, slowest first': list(
    () => ({ agent: ['rare-agent'], sort: 'wall_ms' }),
    ({ agent }) => agent === 'rare-agent',
  ),
  'a rare pair of filters': list(
    () => ({ agent: ['rare-agent'], environment: ['staging'], outcome: ['error'] }),
    ({ agent, environment }) => agent === 'rare-agent' && environment === 'staging',
    false,
  ),
  'an outcome that never was': list(
    () => ({ outcome: ['cancelled'] }),
    () => false,
    false,
  ),
  'slowest first': list(
    () => ({ sort: 'wall_ms' }),
    () => true,
  ),
  'most serial first': list(
    () => ({ sort: 'serialization' }),
    () => true,
  ),
  'largest first, 500 rows': list(
    () => ({ sort: 'size', limit: 500 }),
    () => true,
  ),
  'a prefix of an id': list(
    ({ batches }, random) => ({ q: pick(batches, random).batch_id.slice(0, 18) }),
    ({ batch_id, run_id }, { q }) => batch_id.startsWith(q ?? '') || (run_id ?? '').startsWith(q ?? ''),
  ),
  'one batch by a random id': async (reads, { batches, lastMs }, random) => {
    const { batch_id } = pick(batches, random)
    const batch = await reads.getBatch(batch_id, lastMs)
    if (batch?.batch_id !== batch_id) throw new Error(`${batch_id} was not found`)
  },
  'one run by a random id': async (reads, { batches }, random) => {
    const { run_id } = pick(batches, random)
    const run = await reads.listRun(run_id ?? '')
    const turns = run?.turns.flatMap((turn) => turn.batches) ?? []
    if (turns.length === 0 || turns.some((batch) => batch.run_id !== run_id))
      throw new Error(`run ${run_id} is wrong`)
  },
  'tools, all time': async (reads, { lastMs, calls }) => {
    const { tools } = await reads.listTools({}, lastMs)
    const counted = tools.reduce((sum, tool) => sum + tool.calls, 0)
    if (counted !== calls) throw new Error(`${counted} calls counted of ${calls}`)
  },
  'tools, last 24 h': async (reads, { lastMs }) => {
    const { tools } = await reads.listTools({ range: '24h' }, lastMs)
    if (tools.length === 0) throw new Error('no tools')
  },
  'one tool, 7 days': async (reads, { lastMs }) => {
    const tool = await reads.getTool('tool_00', { range: '7d' }, lastMs)
    if (tool === null) throw new Error('tool_00 was not found')
  },
  'overview, 24 h': async (reads, { lastMs }) => {
    const { now } = await reads.getOverview({ range: '24h' }, lastMs)
    if (now.batches === 0) throw new Error('no batches')
  },
  'histogram, all time': async (reads, { lastMs, batches }) => {
    const { total } = await reads.getHistogram({}, lastMs)
    if (total !== batches.length) throw new Error(`${total} batches counted of ${batches.length}`)
  },
}

/** p95 of one kind of read at one size of the store, ms. */
interface Measured {
  /** First read of a fresh connection, nothing of the file in memory. */
  readonly cold: number
  /** Another key on the same connection, straight after. */
  readonly warm: number
}

/** First rows of every kind of read, on a cold cache and on a warm one, at two sizes of the store. */
export async function benchReads(): Promise<Row[]> {
  return await withTempDir(async (dir) => {
    const measured = new Map<string, Measured[]>()
    const emptied = await emptyPageCache()
    for (const calls of SIZES) {
      const store = fillStore(join(dir, `${calls}.db`), calls)
      for (const [name, read] of Object.entries(READS)) {
        measured.set(name, [...(measured.get(name) ?? []), await measure(store, read)])
      }
    }
    return [...measured]
      .sort((a, b) => (b[1].at(-1)?.cold ?? 0) - (a[1].at(-1)?.cold ?? 0))
      .map(([name, sizes]) => toRow(name, sizes, emptied))
  })
}

async function measure(store: Filled, read: Read): Promise<Measured> {
  const random = createRandom(11)
  const cold: number[] = []
  const warm: number[] = []
  for (let i = 0; i < TRIES; i++) {
    await emptyPageCache()
    const db = openForReading(store.file)
    const reads = createReads(db)
    for (const times of [cold, warm]) {
      const startedMs = performance.now()
      await read(reads, store, random)
      times.push(performance.now() - startedMs)
    }
    db.close()
  }
  return { cold: quantile(cold, 0.95), warm: quantile(warm, 0.95) }
}

/** Empties the system's page cache; false where that is not permitted. */
async function emptyPageCache(): Promise<boolean> {
  try {
    await writeFile('/proc/sys/vm/drop_caches', '1')
    return true
  } catch {
    return false
  }
}

function toRow(name: string, [small, large]: readonly Measured[], emptied: boolean): Row {
  if (small === undefined || large === undefined) throw new Error(`${name} was not measured at both sizes`)
  const growth = large.warm <= NEGLIGIBLE_MS ? 1 : large.warm / small.warm
  return {
    what: `read: ${name}`,
    measured: `p95 cold ${large.cold.toFixed(0)} ms, warm ${large.warm.toFixed(1)} ms (at 100 k: ${small.cold.toFixed(0)}, ${small.warm.toFixed(1)})`,
    ratio: large.cold / small.cold,
    budget: `≤ ${BUDGET_MS} ms, ≤ ${GROWTH_BUDGET} ×`,
    met: large.cold <= BUDGET_MS && growth <= GROWTH_BUDGET,
    varied: `${TRIES} times, ${emptied ? 'the page cache emptied before each' : 'the page cache not emptied: not permitted'}, answers checked`,
  }
}

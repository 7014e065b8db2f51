import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createParascope, type Parascope, type ToolCall } from '@parascope/sdk'
import { policyExecutor } from '@parascope/sdk/policies'
import { median, quantile, type Row } from './lib/report.ts'

const SIZES = [1, 4, 16, 64]
const ROUNDS = 300
const WARM_UP_ROUNDS = 60
const CALLS_A_ROUND = 640
const BUDGET_US = 10
/** The discard port: nobody listens there. */
const NOBODY = 'http://127.0.0.1:9'

interface Call extends ToolCall {
  readonly callId: string
  readonly tool: string
  readonly args: { readonly id: number }
}

const tool = async (call: Call) => call.args.id * 2

/** A server of its own process that takes every batch and streams an empty mode, as a real one would. */
const FAR_END = `
  const answer = (response, body) => { response.setHeader('content-type', 'application/json'); response.end(JSON.stringify(body)) }
  const server = require('node:http').createServer((request, response) => {
    if (request.url.startsWith('/api/v1/mode/stream')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: mode\\ndata: {"revision":1,"default":"parallel","rules":[]}\\n\\n')
      return
    }
    let body = ''
    request.on('data', (text) => { body += text }).on('end', () => {
      const { batches = [] } = JSON.parse(body || '{}')
      answer(response, { accepted: batches.length, duplicates: 0, rejected: [] })
    })
  })
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))`

type Run = (calls: readonly Call[]) => Promise<unknown[]>

interface Subject {
  readonly name: string
  /** Whether its batches come to the far end. */
  readonly isReported: boolean
  readonly run: Run
}

function createSubjects(scope: Parascope, alone: Parascope): readonly [Subject, ...Subject[]] {
  const plain = scope.executor({ run: tool })
  const unheard = alone.executor({ run: tool })
  const policed = policyExecutor(scope, { run: tool, tools: { look: { effect: 'read' } } })
  const full = scope.executor({
    run: (call: Call, context) => (context.signal.aborted ? null : tool(call)),
    concurrency: 1_000,
    deadlineMs: 5_000,
    tools: { look: { effect: 'read', resources: (args) => [`orders/${args.id}`] } },
  })
  return [
    { name: 'bare', isReported: false, run: (calls) => Promise.all(calls.map((call) => tool(call))) },
    { name: 'executor', isReported: true, run: (calls) => plain(calls) },
    { name: 'executor, the server away', isReported: false, run: (calls) => unheard(calls) },
    {
      name: 'with signal, deadline, cap and resources',
      isReported: true,
      run: (calls) => full(calls, { runId: 'run', turn: 1 }),
    },
    { name: 'under policies', isReported: true, run: (calls) => policed(calls) },
  ]
}

/** µs a call of one round of one subject. The results are checked, outside of the time taken. */
async function timeRound({ run, name }: Subject, calls: readonly Call[]): Promise<number> {
  const repeats = CALLS_A_ROUND / calls.length
  const results: unknown[][] = []
  const startedMs = performance.now()
  for (let i = 0; i < repeats; i++) results.push(await run(calls))
  const elapsedMs = performance.now() - startedMs
  for (const batch of results) {
    const values = batch.map((item) => (name === 'bare' ? item : (item as { data?: unknown }).data))
    if (values.length !== calls.length || values.some((value, i) => value !== i * 2))
      throw new Error(`${name}: wrong results`)
  }
  return (elapsedMs * 1_000) / CALLS_A_ROUND
}

/** What each subject costs over the bare promises of the same round, µs a call. */
async function measureSize(size: number, subjects: readonly [Subject, ...Subject[]], scope: Parascope) {
  const calls = Array.from(
    { length: size },
    (_, id): Call => ({ callId: `call_${id}`, tool: 'look', args: { id } }),
  )
  const [bare, ...rest] = subjects
  const bareUs: number[] = []
  const overUs = rest.map((): number[] => [])
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const floorUs = await timeRound(bare, calls)
    const costs: number[] = []
    for (const subject of rest) {
      costs.push((await timeRound(subject, calls)) - floorUs)
      // Reporting is not in the way of a batch: it is let to finish between the rounds.
      await scope.flush(10_000)
    }
    if (round < 0) continue
    bareUs.push(floorUs)
    for (const [index, cost] of costs.entries()) overUs[index]?.push(cost)
  }
  return rest.map(({ name }, index) => ({ size, name, bareUs: median(bareUs), overUs: overUs[index] ?? [] }))
}

/** What a call costs beside its bare promise, while every batch is recorded and sent to a server. */
export async function benchSdkCost(): Promise<Row[]> {
  const child = spawn(process.execPath, ['-e', FAR_END], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  const scope = createParascope({
    url: `http://127.0.0.1:${Number(port)}`,
    agent: 'bench',
    maxQueuedBatches: 100_000,
  })
  if (!(await scope.ready(10_000))) throw new Error('the far end was not heard')
  const measured: Awaited<ReturnType<typeof measureSize>> = []
  const alone = createParascope({ url: NOBODY, agent: 'bench' })
  const subjects = createSubjects(scope, alone)
  for (const size of SIZES) measured.push(...(await measureSize(size, subjects, scope)))
  const sent = await scope.shutdown(10_000)
  await alone.shutdown(0)
  child.kill()
  if (alone.stats().accepted > 0) throw new Error('somebody listens where nobody should')
  const { accepted, dropped } = scope.stats()
  const reported = subjects.filter(({ isReported }) => isReported).length
  const expected = SIZES.reduce(
    (sum, size) => sum + ((ROUNDS + WARM_UP_ROUNDS) * reported * CALLS_A_ROUND) / size,
    0,
  )
  if (!sent || accepted !== expected || dropped > 0)
    throw new Error(`${accepted} of ${expected} batches arrived`)
  return subjects.slice(1).map(({ name }) =>
    toRow(
      name,
      measured.filter((item) => item.name === name),
    ),
  )
}

function toRow(name: string, sizes: readonly { size: number; bareUs: number; overUs: number[] }[]): Row {
  const p50s = sizes.map(({ overUs }) => median(overUs))
  const worst = sizes[p50s.indexOf(Math.max(...p50s))]
  const figures = sizes.map(({ size, overUs }) => `${size}: ${median(overUs).toFixed(2)}`).join(', ')
  return {
    what: `SDK over a bare Promise.all, ${name}`,
    measured: `p50 µs a call by batch size ${figures}; p95 at worst ${quantile(worst?.overUs ?? [], 0.95).toFixed(2)}`,
    ratio: worst ? (median(worst.overUs) + worst.bareUs) / worst.bareUs : null,
    budget: `≤ ${BUDGET_US} µs p50`,
    met: Math.max(...p50s) <= BUDGET_US,
    varied: `${ROUNDS} rounds in turn of ${CALLS_A_ROUND} calls; every result checked, every batch accepted by a server that is there`,
  }
}

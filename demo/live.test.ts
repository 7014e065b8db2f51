import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WireBatch } from './history/wire.ts'
import { type Demo, startDemo } from './live.ts'
import type { ClockLine } from './tools/clock.ts'

/** Takes what executors send and tells them the mode: the part of the public API that the SDK speaks. */
class Receiver {
  readonly batches: WireBatch[] = []
  readonly applied = new Map<string, number>()
  readonly #streams = new Set<ServerResponse>()
  #mode = { revision: 0, default: 'parallel', rules: [] as unknown[] }
  readonly #server: Server = createServer((request, response) => this.#serve(request, response))

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  setSerial(): void {
    const rule = { id: 'r1', environment: null, agent: null, tool: null, mode: 'serial' }
    this.#mode = {
      revision: 1,
      default: 'parallel',
      rules: [{ ...rule, percentage: null, expires_at: null }],
    }
    for (const stream of this.#streams) this.#tell(stream)
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #tell(stream: ServerResponse): void {
    stream.write(`event: mode\nid: ${this.#mode.revision}\ndata: ${JSON.stringify(this.#mode)}\n\n`)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith('/api/v1/mode/stream')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      this.#streams.add(response)
      this.#tell(response)
      return
    }
    if (request.method === 'GET') {
      // Who hears nothing on the stream for a while asks.
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(this.#mode))
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    response.writeHead(200, { 'content-type': 'application/json' })
    if (request.url === '/api/v1/batches') {
      this.batches.push(...body.batches)
      response.end(JSON.stringify({ accepted: body.batches.length, duplicates: 0, rejected: [] }))
    } else {
      this.applied.set(body.executor_id, body.revision)
      response.end('{}')
    }
  }
}

let dir: string
let receiver: Receiver
let demo: Demo | null

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'parascope-live-'))
  receiver = new Receiver()
  demo = null
})

afterEach(async () => {
  await demo?.stop()
  receiver.stop()
  await rm(dir, { recursive: true })
})

const clockFile = () => path.join(dir, 'tool-clock.jsonl')

async function readClock(): Promise<ClockLine[]> {
  const text = await readFile(clockFile(), 'utf8')
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ClockLine]))
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}

/** Pairs of calls of one turn whose bodies ran at the same time, by the tools' own clocks. */
function countOverlaps(lines: readonly ClockLine[]): number {
  const [first, ...others] = [...lines].sort((one, other) => one.startedAtMs - other.startedAtMs)
  if (!first) return 0
  return others.filter((line) => line.startedAtMs < first.endedAtMs).length + countOverlaps(others)
}

const isWide = (batch: WireBatch): boolean => batch.calls.length > 2
const isFaulty = (batch: WireBatch): boolean => batch.agent === 'order-desk' && batch.version === '2.3.0'

/** For each batch how many pairs of its calls overlapped, as its tools saw it. */
async function overlapsByClock(): Promise<(batch: WireBatch) => number> {
  const byTurn = Map.groupBy(await readClock(), (line) => line.batchKey)
  return (batch) => countOverlaps(byTurn.get(`${batch.run_id}/${batch.turn}`) ?? [])
}

test('agents run in parallel but for the faulty release, and serially as soon as they are told to', async () => {
  const url = await receiver.start()
  demo = await startDemo({ url, dir, seed: 3, speed: 25, clockFile: clockFile() })
  const wide = () => receiver.batches.filter(isWide)
  await until(
    () => wide().filter(isFaulty).length >= 2 && wide().filter((batch) => !isFaulty(batch)).length >= 20,
  )
  const faulty = wide().filter(isFaulty)
  const sound = wide().filter((batch) => !isFaulty(batch))
  const before = await overlapsByClock()
  expect(faulty.map((batch) => batch.mode)).toEqual(faulty.map(() => 'parallel'))
  expect(faulty.map(before)).toEqual(faulty.map(() => 0))
  // A batch whose last call waits for the others by declaration still overlaps in the calls before.
  expect(sound.filter((batch) => before(batch) === 0)).toEqual([])

  receiver.setSerial()
  const executors = demo.agents.length
  await until(() => [...receiver.applied.values()].filter((revision) => revision === 1).length === executors)
  const serial = () => wide().filter((batch) => batch.mode_revision === 1)
  await until(() => serial().length >= 10)
  const told = serial()
  const after = await overlapsByClock()
  expect(told.map((batch) => batch.mode)).toEqual(told.map(() => 'serial'))
  expect(told.map(after)).toEqual(told.map(() => 0))
}, 60_000)

test('what a tool saw of itself and what was reported of it are the same calls', async () => {
  const url = await receiver.start()
  demo = await startDemo({ url, dir, seed: 5, speed: 25, clockFile: clockFile() })
  await until(() => receiver.batches.length >= 20)
  await demo.stop()
  const lines = await readClock()
  const seen = new Set(lines.map((line) => line.callId))
  for (const call of receiver.batches.flatMap((batch) => batch.calls)) {
    // A call tried again under its id may be recorded with a suffix of the SDK's.
    if (call.outcome === 'ok') expect(seen).toContain(call.call_id.split('#')[0])
  }
  const reported = new Set(receiver.batches.map((batch) => `${batch.run_id}/${batch.turn}`))
  expect(lines.filter((line) => !reported.has(line.batchKey))).toEqual([])
})

test('a release deployed while agents are at work takes the place of the one before, fault and all', async () => {
  const url = await receiver.start()
  demo = await startDemo({ url, dir, seed: 7, speed: 25, clockFile: clockFile() })
  const of = (version: string) => () =>
    receiver.batches.filter(
      (batch) => isWide(batch) && batch.agent === 'support-refund' && batch.version === version,
    )
  expect(await demo.deploy('faulty')).toBe('Deployed support-refund 1.10.0 (production).')
  await until(() => of('1.10.0')().length >= 3)
  const overlaps = await overlapsByClock()
  const faulty = of('1.10.0')()
  expect(faulty.map((batch) => [batch.mode, overlaps(batch)])).toEqual(faulty.map(() => ['parallel', 0]))
  await demo.deploy('fixed')
  await until(() => of('1.10.1')().length >= 3)
  expect(of('1.10.1')().map(await overlapsByClock())).not.toContain(0)
}, 60_000)

test('agents work on while the server is away, and stop in order', async () => {
  const url = await receiver.start()
  receiver.stop()
  demo = await startDemo({ url, dir, speed: 25, clockFile: clockFile() })
  await until(async () => (await readClock()).length >= 20)
  await demo.stop()
  const lines = (await readClock()).length
  await demo.stop()
  expect((await readClock()).length).toBe(lines)
})

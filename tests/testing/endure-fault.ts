import { startServer } from '../../e2e/server-process.ts'
import { HttpClient } from './http-client.ts'
import { judgeStore, type StoreFinding } from './judge-store.ts'
import { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import { ResendingSender } from './resending-sender.ts'
import type { StorageFaultKind } from './storage-faults.ts'
import { waitUntil } from './wait-until.ts'

const SENDERS = 3
const BEFORE = 100
const REFUSALS = 3
const AFTER = 100

export interface EnduredFault extends StoreFinding {
  readonly refusals: number
  /** From the end of the fault to a server that calls itself ready. */
  readonly recoveredMs: number
}

/**
 * A server under load while its storage fails and works again: who sends is told to come back, `/readyz` says
 * so, and everything goes on without a restart.
 */
export async function endureFault(kind: StorageFaultKind, random: Random): Promise<EnduredFault> {
  const storage = kind.prepare()
  try {
    const { dataDir, wrapper } = storage
    const ledger = new Ledger()
    await using server = await startServer({ pages: 'none', dataDir, wrapper })
    const client = new HttpClient(server.url)
    const senders = Array.from({ length: SENDERS }, (_, i) => new ResendingSender(`s${i}`, random, ledger))
    const refusals = () => senders.reduce((sum, { refused }) => sum + refused, 0)
    const readiness = async () => (await client.ask('/readyz')).status
    const broken: string[] = []
    let stopped = false
    const sending = Promise.all(senders.map((sender) => sender.run(server.url, () => stopped)))

    await waitUntil('batches were stored before the fault', () => ledger.acknowledged.size >= BEFORE)
    await storage.during(server.pid, async () => {
      await waitUntil('senders were refused', () => refusals() >= REFUSALS)
      broken.push(...(await lookAround(client)))
    })
    const healedMs = performance.now()
    await waitUntil('the server was ready again', async () => (await readiness()) === 200)
    const recoveredMs = performance.now() - healedMs
    const acknowledged = ledger.acknowledged.size
    await waitUntil('batches were stored again', () => ledger.acknowledged.size >= acknowledged + AFTER)
    stopped = true
    await sending
    await Promise.all(senders.map((sender) => sender.settle(server.url)))
    client.close()
    await server.stop()
    const finding = judgeStore(dataDir, ledger)
    return { ...finding, broken: [...broken, ...finding.broken], refusals: refusals(), recoveredMs }
  } finally {
    storage.remove()
  }
}

/** What is wrong with how the server presents itself while the storage fails. */
async function lookAround(client: HttpClient): Promise<string[]> {
  const broken: string[] = []
  const json = { 'content-type': 'application/json' }
  const ready = await client.ask('/readyz')
  if (ready.status !== 503 || ready.headers['retry-after'] === undefined)
    broken.push(`/readyz is ${ready.status} while the storage fails`)
  const alive = await client.ask('/healthz')
  if (alive.status !== 200) broken.push(`/healthz is ${alive.status}: the process lives`)
  const { revision } = (await client.ask('/api/v1/mode')).json as { revision: number }
  const body = JSON.stringify({ revision, rules: [{ mode: 'serial' }] })
  const flip = await client.ask('/api/v1/mode', { method: 'PUT', headers: json, body })
  // A full disk may still have room for a line, and then it is kept.
  if (![200, 503].includes(flip.status)) broken.push(`a change of the mode is answered ${flip.status}`)
  const rebuild = await client.ask('/api/v1/rebuild', { method: 'POST', headers: json, body: '{}' })
  if (![202, 503].includes(rebuild.status)) broken.push(`a rebuild is answered ${rebuild.status}`)
  return broken
}

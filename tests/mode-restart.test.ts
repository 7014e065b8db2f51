import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readModeAudit } from '#db/mode.ts'
import { openForReading } from '#db/sqlite/open.ts'
import type { ModeRuleInput, ModeState } from '#lib/contract/mode.ts'
import { type RunningServer, startServer } from '../e2e/server-process.ts'
import { waitUntil } from './testing/wait-until.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-mode-restart-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

const start = () => startServer({ pages: 'none', dataDir })
const readMode = async (server: RunningServer) =>
  (await (await fetch(new URL('/api/v1/mode', server.url))).json()) as ModeState

async function send(
  server: RunningServer,
  method: 'POST' | 'PUT',
  address: string,
  body: unknown,
): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(new URL(address, server.url), { method, headers, body: JSON.stringify(body) })
  expect(response.status).toBe(200)
}
const setRules = (server: RunningServer, rules: readonly Partial<ModeRuleInput>[]) =>
  send(server, 'PUT', '/api/v1/mode', { revision: 0, rules })

const failing = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    batch_id: `b-${from + i}`,
    agent: 'kyc',
    mode: 'parallel',
    started_at: Date.now(),
    calls: [{ call_id: 'c', tool: 'refund', outcome: 'error', start_ms: 0, duration_ms: 5 }],
  }))

/** As the store has it when nobody holds it. */
function readTrail() {
  const db = openForReading(path.join(dataDir, 'parascope.db'))
  const audit = readModeAudit(db, 10)
  db.close()
  return audit
}

it('a rule that ends while the server is away is ended when it is back, with a line of its own', async () => {
  const first = await start()
  const endMs = Date.now() + 2_000
  await setRules(first, [{ mode: 'serial', expires_at: endMs }])
  await first.kill()
  await waitUntil('the rule has ended', () => Date.now() > endMs)
  await using second = await start()
  await waitUntil('the rule is gone', async () => (await readMode(second)).rules.length === 0)
  await second.stop()
  expect(readTrail()).toMatchObject({
    intact: true,
    entries: [{ revision: 2, by: 'expiry' }, { revision: 1 }],
  })
})

it('a guard goes on after a kill with what it had seen before, and acts once', async () => {
  const first = await start()
  const guard = { max_failing_share: 0, last_batches: 10, cooldown_ms: 0 }
  await setRules(first, [{ mode: 'parallel', agent: 'kyc', guard }])
  await send(first, 'POST', '/api/v1/batches', { batches: failing(0, 9) })
  await first.kill()
  const second = await start()
  await send(second, 'POST', '/api/v1/batches', { batches: failing(9, 10) })
  await waitUntil('the rule is serial', async () => (await readMode(second)).rules[0]?.mode === 'serial')
  await second.kill()
  const third = await start()
  await send(third, 'POST', '/api/v1/batches', { batches: failing(10, 40) })
  await third.stop()
  expect(readTrail()).toMatchObject({
    intact: true,
    entries: [{ revision: 2, action: 'guard' }, { revision: 1 }],
  })
})

import { afterEach, beforeEach, expect, it } from 'vitest'
import { createGuardEvidence } from '#db/guard-evidence.ts'
import { readMode, readModeAudit } from '#db/mode.ts'
import { createAlertsById } from '#db/queries/alerts-by-id.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { createTempLog, RECEIVED_AT_MS, type TempLog } from '../../tests/testing/temp-log.ts'
import { createGuardWatch } from './guard-watch.ts'
import { writeGuards } from './mode-guard.ts'
import { putMode } from './mode-writer.ts'

let store: TempLog
beforeEach(() => {
  store = createTempLog()
})
afterEach(() => store[Symbol.dispose]())

const SET_AT_MS = RECEIVED_AT_MS - 1_000
/** As after a start of the process: nothing in memory. */
const startWatch = () =>
  createGuardWatch({ evidence: createGuardEvidence(store.db), readAlerts: createAlertsById(store.db) })
const tick = (watch = startWatch()) =>
  store.log.transaction(() => writeGuards(store.db, watch, null, RECEIVED_AT_MS))

function guard(change: Record<string, unknown>, tool: string | null = null): void {
  const terms = { max_failing_share: 0.5, last_batches: 10, cooldown_ms: 0, ...change }
  const put = { revision: 0, rules: [{ mode: 'parallel' as const, tool, guard: terms }] }
  store.log.transaction(() => putMode(store.db, put, 'local', SET_AT_MS))
}

const batchesOf = (from: number, to: number, outcome: 'ok' | 'error', tool = 'refund'): IngestBatch[] =>
  Array.from({ length: to - from }, (_, i) => ({
    batch_id: `b-${from + i}`,
    agent: 'kyc',
    mode: 'parallel',
    started_at: RECEIVED_AT_MS,
    calls: [{ call_id: 'c', tool, outcome, start_ms: 0, duration_ms: 2_000 }],
  }))

it('goes on after a restart where it was: what had been seen is read again, and nothing is done twice', () => {
  guard({})
  store.ingest(batchesOf(0, 6, 'error'))
  expect(tick().changed).toBe(false)
  store.ingest(batchesOf(6, 10, 'ok'))
  expect(tick()).toMatchObject({ changed: true, mode: { rules: [{ mode: 'serial' }] } })
  store.ingest(batchesOf(10, 30, 'error'))
  expect(tick().changed).toBe(false)
  expect(readModeAudit(store.db, 10)).toMatchObject({ intact: true, lines: 2 })
})

it('comes to the same whether it watched all along or began now', () => {
  guard({ max_failing_share: null, max_wall_p95_ms: 1_999 })
  const watch = startWatch()
  for (let i = 0; i < 9; i++) {
    store.ingest(batchesOf(i, i + 1, 'ok'))
    expect(tick(watch).changed).toBe(false)
  }
  store.ingest(batchesOf(9, 10, 'ok'))
  expect(tick(watch).changed).toBe(true)
})

it('watches the batches that hold its tool, where it has one', () => {
  guard({}, 'refund')
  store.ingest([...batchesOf(0, 20, 'error', 'search'), ...batchesOf(20, 29, 'error')])
  expect(tick().changed).toBe(false)
  store.ingest(batchesOf(29, 30, 'error'))
  expect(tick()).toMatchObject({ changed: true })
  expect(readMode(store.db).rules).toMatchObject([{ tool: 'refund', mode: 'serial' }])
})

it('does not count what was taken back', () => {
  guard({})
  store.ingest(batchesOf(0, 10, 'error'))
  const watch = startWatch()
  store.db.exec('insert into retractions (seq, batch_seq) values (11, 1), (12, 2)')
  store.db.exec('update batches set retracted_by = seq + 10 where seq in (1, 2)')
  expect(tick(watch).changed).toBe(false)
})

import { expect, test } from 'vitest'
import { generateHistory } from './generate.ts'
import type { WireBatch, WireCall } from './wire.ts'

const NOW_MS = Date.UTC(2026, 8, 30, 12)
const HOUR_MS = 3_600_000
const scope = { seed: 1, days: 1.5, nowMs: NOW_MS }
const listBatches = (options = scope): WireBatch[] =>
  [...generateHistory(options)].flatMap(({ batches }) => batches)
const history = listBatches()

const endOf = (call: WireCall): number => (call.start_ms ?? 0) + (call.duration_ms ?? 0)
const wallMs = (batch: WireBatch): number => Math.max(...batch.calls.map(endOf))
const sumMs = (batch: WireBatch): number =>
  batch.calls.reduce((sum, call) => sum + (call.duration_ms ?? 0), 0)

test('the same scope gives the same history, another seed another one', () => {
  expect(listBatches()).toEqual(history)
  expect(listBatches({ ...scope, seed: 2 })[0]).not.toEqual(history[0])
})

test('batches come in order of their beginning, with ids that sort the same way, all ended by now', () => {
  const starts = history.map((batch) => batch.started_at)
  expect(starts).toEqual([...starts].sort((one, other) => one - other))
  const prefixes = history.map((batch) => batch.batch_id.slice(0, 13))
  expect(prefixes).toEqual([...prefixes].sort())
  expect(history.every((batch) => batch.started_at + wallMs(batch) <= NOW_MS)).toBe(true)
  expect(new Set(history.map((batch) => batch.batch_id)).size).toBe(history.length)
})

test('every batch has what the ingest contract requires', () => {
  for (const batch of history) {
    expect(batch.batch_id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(batch.calls.length).toBeGreaterThan(0)
    expect(batch.emitted_calls).toBe(new Set(batch.calls.map((call) => call.call_id)).size)
    expect(batch.started_at).toBeGreaterThan(NOW_MS - 37 * HOUR_MS)
    const ids = new Set(batch.calls.map((call) => call.call_id))
    expect(new Set(batch.calls.map((call) => `${call.call_id}/${call.attempt}`)).size).toBe(
      batch.calls.length,
    )
    for (const call of batch.calls) {
      expect(call.depends_on.every((id) => ids.has(id) && id !== call.call_id)).toBe(true)
      if (call.outcome === 'never-ran') expect([call.start_ms, call.duration_ms]).toEqual([null, null])
      else expect(call.duration_ms).toBeGreaterThanOrEqual(0)
    }
  }
})

test('runs are whole: turns count from 1, one after the other', () => {
  const runs = Map.groupBy(history, (batch) => batch.run_id)
  for (const batches of runs.values()) {
    const [first] = batches
    if (first?.turn !== 1) continue
    expect(batches.map((batch) => batch.turn)).toEqual(batches.map((_, index) => index + 1))
    for (const [index, batch] of batches.entries()) {
      const before = batches[index - 1]
      if (before)
        expect(batch.started_at - batch.model_ms).toBeGreaterThanOrEqual(before.started_at + wallMs(before))
    }
  }
})

test('the history holds every outcome, retries, dependencies, big batches and a mixed roster', () => {
  const calls = history.flatMap((batch) => batch.calls)
  expect(new Set(calls.map((call) => call.outcome))).toEqual(
    new Set(['ok', 'error', 'timeout', 'cancelled', 'never-ran']),
  )
  expect(calls.some((call) => call.attempt === 2)).toBe(true)
  expect(calls.some((call) => call.depends_on.length > 0)).toBe(true)
  expect(history.some((batch) => batch.emitted_calls === 40)).toBe(true)
  expect(new Set(history.map((batch) => batch.agent)).size).toBe(4)
  expect(new Set(history.map((batch) => batch.environment))).toEqual(new Set(['production', 'staging']))
  const triage = history.filter((batch) => batch.agent === 'support-triage')
  expect(new Set(triage.map((batch) => batch.model)).size).toBe(2)
})

test('only the faulty version runs one after another what it declares parallel', () => {
  const desk = history.filter((batch) => batch.agent === 'order-desk' && batch.emitted_calls > 2)
  const isOneByOne = (batch: WireBatch): boolean => wallMs(batch) >= sumMs(batch)
  const faulty = desk.filter((batch) => batch.version === '2.3.0')
  expect(faulty.length).toBeGreaterThan(10)
  expect(faulty.every(isOneByOne)).toBe(true)
  expect(desk.filter((batch) => batch.version !== '2.3.0').some(isOneByOne)).toBe(false)
})

test('the flip takes one agent to serial for a while, under a revision of its own', () => {
  const serial = history.filter((batch) => batch.mode === 'serial')
  expect(serial.length).toBeGreaterThan(0)
  for (const batch of serial) {
    expect(batch).toMatchObject({ agent: 'support-refund', environment: 'production', mode_revision: 1 })
    const ordered = batch.calls.filter((call) => call.start_ms !== null)
    expect(
      ordered.every(
        (call, index) => (call.start_ms ?? 0) >= endOf(ordered[index - 1] ?? call) || index === 0,
      ),
    ).toBe(true)
  }
  const revisions = history.map((batch) => batch.mode_revision)
  expect(revisions).toEqual([...revisions].sort())
})

test('credits that overlapped fail their audit, credits one after another pass it', () => {
  const runs = Map.groupBy(history, (batch) => batch.run_id)
  const seen = new Set<string>()
  for (const batches of runs.values()) {
    const audit = batches.flatMap((batch) => batch.calls).find((call) => call.tool === 'audit_balance')
    const credits = batches.flatMap((batch) => batch.calls).filter((call) => call.tool === 'apply_credit')
    if (!audit || credits.some((call) => call.outcome !== 'ok')) continue
    const overlapped = credits.some((one, index) =>
      credits
        .slice(index + 1)
        .some((other) => (one.start_ms ?? 0) < endOf(other) && (other.start_ms ?? 0) < endOf(one)),
    )
    expect(audit.error_code).toBe(overlapped ? 'lost_update' : null)
    seen.add(String(audit.error_code))
  }
  expect(seen).toEqual(new Set(['lost_update', 'null']))
})

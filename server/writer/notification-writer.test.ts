import { afterEach, beforeEach, expect, test } from 'vitest'
import { listDeliveries } from '#db/notifications.ts'
import { createAlertsById } from '#db/queries/alerts-by-id.ts'
import { writeSampleAlert } from '#db/queries/testing/sample-alert.ts'
import type { ChannelInput } from '#lib/contract/channels.ts'
import { createTempLog, type TempLog } from '../../tests/testing/temp-log.ts'
import { createTestDelivery, planDeliveries, putChannel, recordDelivery } from './notification-writer.ts'

const NOW_MS = Date.UTC(2026, 10, 20, 12)
const GROUPED_MS = NOW_MS + 6_000
const FAILED = {
  status: 'failed',
  httpStatus: 503,
  error: 'answered 503',
  retryAfterMs: null,
  tookMs: 12,
} as const

let temp: TempLog
beforeEach(() => {
  temp = createTempLog()
})
afterEach(() => temp[Symbol.dispose]())

const plan = (nowMs: number) => {
  const options = { readAlerts: createAlertsById(temp.db), publicUrl: null }
  return temp.log.transaction(() => planDeliveries(temp.db, options, nowMs))
}

function makeChannel(change: Partial<ChannelInput> = {}) {
  const input: ChannelInput = {
    name: 'on call',
    format: 'standard',
    url: 'http://example.com/hook',
    enabled: true,
    events: ['opened', 'reopened', 'recovered'],
    ...change,
  }
  return temp.log.transaction(() => putChannel(temp.db, null, input, NOW_MS - 60_000))
}

function openAlert(id: string, change: Parameters<typeof writeSampleAlert>[1] = {}): void {
  const detectedUs = NOW_MS * 1000
  const times = { onsetUs: detectedUs, detectedUs, confirmedUs: detectedUs }
  writeSampleAlert(temp.db, { id, agent: 'kyc', ...times, ...change })
}

test('alerts that come together are told in one message, once', () => {
  const { id } = makeChannel()
  openAlert('a1')
  openAlert('a2')
  expect(plan(NOW_MS)).toEqual({ due: [], waiting: true })
  openAlert('a3')
  const { due } = plan(GROUPED_MS)
  expect(due).toHaveLength(1)
  const { data } = JSON.parse(due[0]?.body ?? '') as { data: { alerts: { event: string; id: string }[] } }
  expect(data.alerts.map(({ event, id: alertId }) => `${event} ${alertId}`)).toEqual([
    'opened a1',
    'opened a2',
    'opened a3',
  ])
  recordDelivery(
    temp.db,
    { id: due[0]?.id ?? '', attempts: 0, isTest: false },
    { ...FAILED, status: 'delivered' },
    GROUPED_MS,
  )
  expect(plan(GROUPED_MS + 60_000)).toEqual({ due: [], waiting: false })
  expect(listDeliveries(temp.db, id, 10)?.deliveries).toMatchObject([{ status: 'delivered', attempts: 1 }])
})

test('what a channel does not want is not told, nor what happened before it was made or long ago', () => {
  makeChannel({ kinds: ['convoy'] })
  makeChannel({ agents: ['triage'] })
  makeChannel({ events: ['recovered'] })
  makeChannel({ enabled: false })
  openAlert('a1')
  openAlert('muted', { parentId: 'a1' })
  makeChannel()
  openAlert('old', { detectedUs: (NOW_MS - 3_600_000) * 1000 })
  plan(NOW_MS)
  const { due } = plan(GROUPED_MS)
  expect(
    due.map(({ body }) => (JSON.parse(body) as { data: { alerts: { id: string }[] } }).data.alerts),
  ).toMatchObject([[{ id: 'a1' }]])
})

test('an alert across agents is told to those who listen to some agents only', () => {
  makeChannel({ agents: ['triage'] })
  openAlert('a1', { agent: '*', kind: 'straggler', key: { tool: 'search' } })
  plan(NOW_MS)
  expect(plan(GROUPED_MS).due).toHaveLength(1)
})

test('a message that is not taken is tried again ever later, and given up in the end', () => {
  const { id } = makeChannel()
  openAlert('a1')
  plan(NOW_MS)
  let [delivery] = plan(GROUPED_MS).due
  const waitsMs: number[] = []
  let nowMs = GROUPED_MS
  while (delivery !== undefined) {
    recordDelivery(temp.db, { id: delivery.id, attempts: delivery.attempts, isTest: false }, FAILED, nowMs)
    const [entry] = listDeliveries(temp.db, id, 1)?.deliveries ?? []
    if (entry?.next_attempt_at == null) break
    waitsMs.push(entry.next_attempt_at - nowMs)
    nowMs = entry.next_attempt_at
    ;[delivery] = plan(nowMs).due
  }
  expect(waitsMs.length).toBeGreaterThanOrEqual(8)
  expect(waitsMs).toEqual([...waitsMs].sort((a, b) => a - b))
  expect(listDeliveries(temp.db, id, 1)?.deliveries).toMatchObject([
    { status: 'failed', attempts: waitsMs.length + 1, http_status: 503, error: 'answered 503' },
  ])
})

test('a refused address and a receiver that is gone are not tried again', () => {
  const { id } = makeChannel()
  for (const result of [
    { ...FAILED, status: 'refused' as const, httpStatus: null },
    { ...FAILED, httpStatus: 410 },
  ]) {
    const test = createTestDelivery(temp.db, id, null, NOW_MS)
    recordDelivery(temp.db, { id: test.id, attempts: 0, isTest: false }, result, NOW_MS)
    const log = listDeliveries(temp.db, id, 10)?.deliveries.find((entry) => entry.id === test.id)
    expect(log).toMatchObject({ status: result.status, next_attempt_at: null })
  }
})

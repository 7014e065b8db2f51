import { describe, expect, it } from 'vitest'
import { alertIdentity } from '#lib/model/alert.ts'
import { AlertBook, type AlertRecord, type AlertRecordEvent } from './alert-book.ts'
import type { AlertChange } from './alert-change.ts'
import type { Finding } from './detector.ts'

const DAY_MS = 86_400_000
const START_MS = 1_790_000_000_000

function finding(over: Partial<Finding> = {}): Finding {
  return {
    kind: 'serialized',
    agent: 'support',
    environment: 'production',
    key: {},
    onsetMs: START_MS - 1_000,
    firstBadVersion: '2.1.0',
    firstBadModel: null,
    suspects: [],
    logEvidence: 14,
    threshold: 13,
    trail: [],
    hypothesis: null,
    ...over,
  }
}

const IDENTITY = alertIdentity(finding())

const opened = (day: number, over: Partial<Finding> = {}, parent: string | null = null): AlertChange => ({
  type: 'opened',
  finding: finding(over),
  parent,
  atMs: START_MS + day * DAY_MS,
  batchId: `batch-${day}`,
})
const recovered = (day: number): AlertChange => ({
  type: 'recovered',
  identity: IDENTITY,
  atMs: START_MS + day * DAY_MS,
})
const confirmed = (day: number): AlertChange => ({
  type: 'confirmed',
  identity: IDENTITY,
  atMs: START_MS + day * DAY_MS,
})

/** A book whose changes are written after every batch, or only at the end. */
function keep(batches: readonly (readonly AlertChange[])[], writeEach = true) {
  const written = new Map<string, { record: AlertRecord; evidence: string }>()
  const events: AlertRecordEvent[] = []
  const book = new AlertBook<string>({
    readLatest: (identity) => {
      const all = [...written.values()].map(({ record }) => record)
      const same = all.filter((record) => record.identity === identity)
      return same.sort((a, b) => b.detectedSeq - a.detectedSeq)[0] ?? null
    },
    createId: (identity, batchId) => `${identity}@${batchId}`,
    collectEvidence: (_, asOfSeq) => `as of ${asOfSeq}`,
  })
  const write = () => {
    const changes = book.takeChanges()
    for (const { record, evidence } of changes.alerts)
      written.set(record.id, { record, evidence: evidence ?? written.get(record.id)?.evidence ?? 'none' })
    events.push(...changes.events)
  }
  for (const [i, changes] of batches.entries()) {
    book.apply(changes, i + 1)
    if (writeEach) write()
  }
  write()
  return { alerts: [...written.values()], events: events.map(({ event, seq }) => `${event} ${seq}`) }
}

describe('the book of alerts', () => {
  it('opens an alert with its evidence as of the batch that brought it', () => {
    const { alerts, events } = keep([[opened(0)]])
    expect(alerts).toHaveLength(1)
    expect(alerts[0]).toMatchObject({
      evidence: 'as of 1',
      record: {
        identity: IDENTITY,
        detectedUs: START_MS * 1000,
        onsetUs: (START_MS - 1_000) * 1000,
        resolvedUs: null,
        firstBadVersion: '2.1.0',
        reopened: 0,
        detectedSeq: 1,
      },
    })
    expect(events).toEqual(['opened 1'])
  })

  it('brings an alert back that was over for less than a week, as the same one with new evidence', () => {
    const { alerts, events } = keep([[opened(0)], [recovered(1)], [opened(8)]])
    expect(alerts).toHaveLength(1)
    expect(alerts[0]).toMatchObject({
      evidence: 'as of 3',
      record: { reopened: 1, resolvedUs: null, detectedUs: START_MS * 1000, detectedSeq: 1 },
    })
    expect(events).toEqual(['opened 1', 'recovered 2', 'reopened 3'])
  })

  it('opens another alert after a week, and where another version is to blame', () => {
    expect(keep([[opened(0)], [recovered(1)], [opened(8.1)]]).alerts).toHaveLength(2)
    expect(
      keep([[opened(0)], [recovered(1)], [opened(2, { firstBadVersion: '2.2.0' })]]).alerts,
    ).toHaveLength(2)
    const unknown = keep([[opened(0)], [recovered(1)], [opened(2, { firstBadVersion: null })]])
    expect(unknown.alerts).toHaveLength(1)
    expect(unknown.alerts[0]?.record.firstBadVersion).toBe('2.1.0')
  })

  it('takes for a confirmation what was never over', () => {
    const { alerts, events } = keep([[opened(0)], [opened(1)], [confirmed(2)]])
    expect(alerts).toHaveLength(1)
    expect(alerts[0]?.record).toMatchObject({ reopened: 0, confirmedUs: (START_MS + 2 * DAY_MS) * 1000 })
    expect(events).toEqual(['opened 1'])
  })

  it('leaves alone what is not open', () => {
    expect(keep([[recovered(0), confirmed(0)]])).toEqual({ alerts: [], events: [] })
    const { events } = keep([[opened(0)], [recovered(1)], [recovered(2)]])
    expect(events).toEqual(['opened 1', 'recovered 2'])
  })

  it('knows the parent of an alert also when both come with one batch, the parent last', () => {
    const child = opened(0, { key: { tool: 'get_order' } }, IDENTITY)
    const { alerts } = keep([[child, opened(0)]])
    const parent = alerts.find(({ record }) => record.identity === IDENTITY)
    const muted = alerts.find(({ record }) => record.identity !== IDENTITY)
    expect(parent?.record.parentId).toBeNull()
    expect(muted?.record.parentId).toBe(parent?.record.id)
  })

  it('comes to the same whether it is written after every batch or once', () => {
    const batches = [
      [opened(0)],
      [confirmed(1)],
      [recovered(2), opened(2)],
      [recovered(3)],
      [opened(20, { key: { tool: 'x' } }, IDENTITY), opened(20)],
    ]
    expect(keep(batches, false)).toEqual(keep(batches, true))
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertDetailSchema, alertListSchema } from '#lib/contract/alerts.ts'
import type { AlertQuery } from '#lib/contract/query.ts'
import { appendAlertAction } from '../alerts.ts'
import type { StoreReads } from '../store.ts'
import { NO_EVIDENCE, writeSampleAlert } from './testing/sample-alert.ts'
import { createTempStore, type TempStore } from './testing/temp-store.ts'

const NOW_MS = 100_000
const POINT = { batch_id: 'b', started_at: 1, value: 2 }

let store: TempStore
let reads: StoreReads
beforeAll(() => {
  store = createTempStore()
  store.write((db) => {
    const at = (s: number) => ({ onsetUs: (s - 1) * 1e6, detectedUs: s * 1e6, confirmedUs: s * 1e6 })
    const act = (alertId: string, action: 'acknowledge' | 'silence' | 'resolve', s: number) =>
      appendAlertAction(db, {
        alertId,
        action,
        atUs: s * 1e6,
        by: 'local',
        note: null,
        untilUs: action === 'silence' ? (NOW_MS + 1) * 1000 : null,
      })
    const evidence = {
      ...NO_EVIDENCE,
      lost_ms_per_batch: 120,
      samples_before: [POINT],
      samples_after: [POINT],
    }
    writeSampleAlert(db, { id: 'open', ...at(10) }, evidence)
    writeSampleAlert(db, { id: 'known', ...at(20), kind: 'straggler', agent: '*', key: { tool: 'a' } })
    writeSampleAlert(db, { id: 'silent', ...at(30), agent: 'coder', key: { tools: ['a', 'b'] } })
    writeSampleAlert(db, { id: 'by-hand', ...at(40), environment: 'staging', key: { signature: 'b+c' } })
    writeSampleAlert(db, { id: 'over', ...at(50), resolvedUs: 60e6, key: { tool: 'c' } })
    writeSampleAlert(db, { id: 'muted', ...at(70), kind: 'missed', key: { tool: 'd' }, parentId: 'open' })
    writeSampleAlert(db, { id: 'freed', ...at(80), kind: 'missed', key: { tool: 'e' }, parentId: 'over' })
    act('known', 'acknowledge', 25)
    act('silent', 'silence', 35)
    act('by-hand', 'resolve', 45)
  })
  reads = store.read()
})
afterAll(() => store.close())

async function list(query: AlertQuery = {}): Promise<string[]> {
  const page = await reads.listAlerts(query, NOW_MS)
  expect(alertListSchema.parse(page)).toEqual(page)
  return page.alerts.map(({ id }) => id)
}

describe('the list of alerts', () => {
  it('holds what is current, newest detection first, unless asked for more', async () => {
    expect(await list()).toEqual(['freed', 'silent', 'known', 'open'])
    expect(await list({ state: 'resolved' })).toEqual(['over', 'by-hand'])
    expect(await list({ state: 'all' })).toEqual([
      'freed',
      'muted',
      'over',
      'by-hand',
      'silent',
      'known',
      'open',
    ])
  })

  it.each<[AlertQuery, string[]]>([
    [{ agent: ['support'] }, ['freed', 'known', 'open']],
    [{ agent: ['coder'] }, ['silent', 'known']],
    [{ environment: ['staging'], state: 'all' }, ['by-hand']],
    [{ kind: ['missed', 'straggler'] }, ['freed', 'known']],
    [{ tool: ['b'], state: 'all' }, ['by-hand', 'silent']],
    [{ tool: ['nothing'] }, []],
    [{ to: 19_000, state: 'all' }, ['open']],
    [{ from: 50_000, to: 79_000, state: 'all' }, ['muted', 'over', 'silent', 'known', 'open']],
    [{ from: 44_000, to: 46_000, state: 'resolved' }, ['by-hand']],
    [{ range: '1m', state: 'resolved' }, ['over', 'by-hand']],
  ])('can be narrowed by %j', async (query, ids) => {
    expect(await list(query)).toEqual(ids)
  })

  it('goes on after each page where it ended', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query: AlertQuery = { state: 'all', limit: 2, ...(cursor === undefined ? {} : { cursor }) }
      const page = await reads.listAlerts(query, NOW_MS)
      seen.push(...page.alerts.map(({ id }) => id))
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(await list({ state: 'all' }))
  })

  it('leaves out the samples, and nothing else', async () => {
    const { alerts } = await reads.listAlerts({ state: 'all' }, NOW_MS)
    const found = await reads.getAlert('open', NOW_MS)
    if (found === null) throw new Error('it is there')
    const { history, children, ...detail } = found
    const listed = alerts.find(({ id }) => id === 'open')
    expect(listed?.evidence.samples_before).toEqual([])
    expect(detail.evidence.samples_before).toEqual([POINT])
    const { samples_before, samples_after, ...rest } = detail.evidence
    expect(listed).toEqual({ ...detail, evidence: { ...rest, samples_before: [], samples_after: [] } })
  })
})

describe('one alert', () => {
  it('is told with its history and what it mutes', async () => {
    const detail = await reads.getAlert('open', NOW_MS)
    expect(alertDetailSchema.parse(detail)).toEqual(detail)
    expect(detail).toMatchObject({
      status: 'open',
      summary: 'support runs its calls one after another since support@1.7; 120 ms lost a batch',
      history: [{ event: 'opened', at: 10_000, by: 'evidence' }],
      children: [{ id: 'muted', status: 'muted' }],
    })
  })

  it('is null when there is none', async () => {
    expect(await reads.getAlert('none', NOW_MS)).toBeNull()
  })
})

it('counts by kind what is neither resolved nor muted', async () => {
  expect(await reads.countAlerts(NOW_MS)).toEqual({
    serialized: 2,
    collapse: 0,
    convoy: 0,
    straggler: 1,
    coupling: 0,
    conflict: 0,
    missed: 1,
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { markersSchema } from '#lib/contract/markers.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import type { MarkerQuery } from '#lib/contract/query.ts'
import { appendModeRevision } from '../mode.ts'
import type { StoreReads } from '../store.ts'
import { writeSampleAlert } from './testing/sample-alert.ts'
import { createTempStore, type TempStore } from './testing/temp-store.ts'

/** Everything happens within seconds of it. */
const FROM_MS = 1_790_000_000_000
const us = (ms: number) => (FROM_MS + ms) * 1000

const RULE: ModeRule = {
  id: 'r',
  environment: 'production',
  agent: 'coder',
  tool: null,
  mode: 'serial',
  percentage: null,
  expires_at: null,
  reason: null,
  guard: null,
  set_by: 'local',
  set_at: 0,
}

let store: TempStore
let reads: StoreReads
beforeAll(() => {
  store = createTempStore()
  const batch = (id: string, at: number, change: Partial<IngestBatch> = {}): IngestBatch => ({
    batch_id: id,
    agent: 'support',
    environment: 'production',
    started_at: FROM_MS + at,
    calls: [{ call_id: 'c', tool: 'a', outcome: 'ok', start_ms: 0, duration_ms: 1 }],
    ...change,
  })
  store.ingest([
    batch('1', 1000, { version: '1.6', model: 'm-1' }),
    batch('2', 3000, { version: '1.7', model: 'm-1' }),
    batch('3', 2000, { version: '1.7', model: 'm-2' }),
    batch('4', 2500, { version: '9', agent: 'coder', environment: 'staging' }),
    batch('5', 500, { version: 'gone' }),
    batch('6', 700),
  ])
  store.retract('5')
  store.derive()
  store.write((db) => {
    writeSampleAlert(db, { id: 'a1', onsetUs: us(2_200), key: { tools: ['a', 'b'] } })
    writeSampleAlert(db, { id: 'a2', onsetUs: us(2_300), kind: 'missed', parentId: 'a1' })
    writeSampleAlert(db, { id: 'a3', onsetUs: us(2_400), agent: '*', kind: 'straggler', key: { tool: 'x' } })
    const change = { setBy: 'local', action: 'set', reason: null, summary: 'coder to serial' } as const
    appendModeRevision(db, { ...change, atUs: us(2_600), before: [], after: [RULE] })
    const every = { ...RULE, id: 's', agent: null }
    appendModeRevision(db, { ...change, atUs: us(2_700), before: [RULE], after: [RULE, every] })
  })
  reads = store.read()
})
afterAll(() => store.close())

async function list(query: MarkerQuery = {}): Promise<string[]> {
  const { from, to, ...scope } = query
  const bounds = {
    ...(from === undefined ? {} : { from: FROM_MS + from }),
    ...(to === undefined ? {} : { to: FROM_MS + to }),
  }
  const answer = await reads.listMarkers({ ...scope, ...bounds }, 0)
  expect(markersSchema.parse(answer)).toEqual(answer)
  expect(answer.truncated).toBe(false)
  return answer.markers.map(({ at, kind, label }) => `${at - FROM_MS} ${kind} ${label}`)
}

describe('the markers of a window', () => {
  it('say when each version and model was first seen, the mode changed and an alert began, oldest first', async () => {
    expect(await list()).toEqual([
      '1000 version support@1.6',
      '1000 model support: m-1',
      '2000 version support@1.7',
      '2000 model support: m-2',
      '2200 alert serialized: a, b',
      '2400 alert straggler: x',
      '2500 version coder@9',
      '2600 mode coder to serial',
      '2700 mode coder to serial',
    ])
  })

  it('hold what began within it', async () => {
    expect(await list({ from: 2000, to: 2400 })).toEqual([
      '2000 version support@1.7',
      '2000 model support: m-2',
      '2200 alert serialized: a, b',
    ])
  })

  it('concern the agents and environments asked for, or every one', async () => {
    expect(await list({ agent: ['coder'], environment: ['staging'] })).toEqual(['2500 version coder@9'])
    expect(await list({ agent: ['support'], from: 2300 })).toEqual([
      '2400 alert straggler: x',
      '2700 mode coder to serial',
    ])
    const { markers } = await reads.listMarkers({ from: FROM_MS + 2600 }, 0)
    expect(
      markers.map(({ agent, environment, mode_revision }) => [agent, environment, mode_revision]),
    ).toEqual([
      ['coder', 'production', 1],
      [null, 'production', 2],
    ])
  })
})

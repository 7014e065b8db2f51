import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeSampleAlert } from '#db/queries/testing/sample-alert.ts'
import { openForWriting } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { createJobs } from '#jobs/jobs.ts'
import { type AlertDetail, alertDetailSchema } from '#lib/contract/alerts.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import type { Problem } from '#lib/contract/reads.ts'
import type { AlertsEvent } from '#server/writer/protocol.ts'
import { openEventSource, type ServerEvent } from './testing/event-source.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { loseOverlap } from './testing/lost-overlap.ts'
import { waitUntil } from './testing/wait-until.ts'

let server: LocalServer
let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-alerts-'))
  const db = openForWriting(path.join(dataDir, 'parascope.db'))
  const log = new LogWriter(db)
  // With its cursors written the server takes what is there for what it derived itself.
  createJobs(db, log, () => 0)
  log.transaction(() => {
    for (const id of ['one', 'two', 'three']) writeSampleAlert(db, { id, key: { tool: id } })
    writeSampleAlert(db, { id: 'over', key: { tool: 'over' }, resolvedUs: 3_000_000 })
    writeSampleAlert(db, { id: 'child', kind: 'missed', key: { tool: 'child' }, parentId: 'three' })
  })
  db.close()
  server = await startLocalServer({ dataDir })
})
afterAll(async () => {
  await server.stop()
  await rm(dataDir, { recursive: true })
})

function act(id: string, action: unknown, headers: Record<string, string> = {}) {
  return server.client.ask(`/api/v1/alerts/${id}/actions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(action),
  })
}

async function acted(id: string, action: unknown): Promise<AlertDetail> {
  const { status, json } = await act(id, action)
  expect([status, json]).toEqual([200, expect.anything()])
  return alertDetailSchema.parse(json)
}

describe('what evidence does with an alert', () => {
  it('is told to those who watch, with the version to blame and what it rests on, until it is mended', async () => {
    const source = await openEventSource(new URL('/api/v1/stream', server.url))
    const fromMs = Date.now() - 200 * 60_000
    const runs = loseOverlap({ fromMs, good: 60, bad: 10, mended: 60, agent: 'broken' })
    const send = async (batches: readonly IngestBatch[]) =>
      expect((await server.client.postBatches({ batches })).json).toMatchObject({ accepted: batches.length })
    const isAbout = (list: 'opened' | 'resolved', id?: string) => (heard: ServerEvent) => {
      const ids = heard.event === 'alerts' ? (heard.data as AlertsEvent)[list] : []
      return id === undefined ? ids.length > 0 : ids.includes(id)
    }
    await send(runs.slice(0, 70))
    const { data } = await source.hear('the alert', isAbout('opened'))
    const [id = ''] = (data as AlertsEvent).opened
    const alert = await server.runtime.reads.getAlert(id, Date.now())
    expect(alert).toMatchObject({
      kind: 'serialized',
      agent: 'broken',
      status: 'open',
      first_bad_version: '1.7',
      evidence: {
        first_bad_batch_id: runs[60]?.batch_id,
        effect: { unit: 'ratio', before: 0, n_before: 60 },
      },
    })
    await send(runs.slice(70))
    await source.hear('its end', isAbout('resolved', id))
    const over = await server.runtime.reads.getAlert(id, Date.now())
    expect([over?.status, over?.history.map(({ event }) => event)]).toEqual([
      'resolved',
      ['opened', 'recovered'],
    ])
    source.close()
  })
})

describe('what a person does with an alert', () => {
  it('is kept in its history and answered with the alert as it now stands', async () => {
    const acknowledged = await acted('one', { action: 'acknowledge', note: 'looking' })
    expect(acknowledged.status).toBe('acknowledged')
    const until = Date.now() + 3_600_000
    const silenced = await acted('one', { action: 'silence', until })
    expect([silenced.status, silenced.silenced_until]).toEqual(['silenced', until])
    expect((await acted('one', { action: 'unsilence' })).status).toBe('acknowledged')
    await acted('one', { action: 'note', note: 'rolled back' })
    const resolved = await acted('one', { action: 'resolve' })
    expect([resolved.status, resolved.resolved_at]).toEqual(['resolved', expect.any(Number)])
    const reopened = await acted('one', { action: 'reopen' })
    expect([reopened.status, reopened.resolved_at, reopened.reopened]).toEqual(['open', null, 1])
    expect(reopened.history.map(({ event, by, note }) => [event, by, note])).toEqual([
      ['opened', 'evidence', null],
      ['acknowledged', 'local', 'looking'],
      ['silenced', 'local', null],
      ['unsilenced', 'local', null],
      ['noted', 'local', 'rolled back'],
      ['resolved', 'local', null],
      ['reopened', 'local', null],
    ])
  })

  it('changes nothing when it is said again', async () => {
    const first = await acted('two', { action: 'acknowledge' })
    const again = await acted('two', { action: 'acknowledge' })
    expect(again).toEqual(first)
  })

  it('is told to those who watch, and counted', async () => {
    const source = await openEventSource(new URL('/api/v1/stream', server.url))
    const open = async () => {
      const { text } = await server.client.ask('/metrics')
      return Number(/parascope_alerts_open\{kind="serialized"\} (\d+)/.exec(text)?.[1])
    }
    const before = await open()
    await acted('two', { action: 'resolve' })
    const { data } = await source.hear('the change', ({ event }) => event === 'alerts')
    expect(data).toEqual({ opened: [], resolved: ['two'], changed: [] })
    expect(await open()).toBe(before - 1)
    source.close()
  })

  it('is told of again when its silence has run out', async () => {
    const source = await openEventSource(new URL('/api/v1/stream', server.url))
    const silenced = await acted('child', { action: 'silence', until: Date.now() + 2_000 })
    expect(silenced.silenced_until).not.toBeNull()
    const isOfChild = ({ event, data }: ServerEvent) =>
      event === 'alerts' && (data as AlertsEvent).changed.includes('child')
    await waitUntil('the end of the silence is heard', () => source.heard.filter(isOfChild).length === 2)
    expect(await server.runtime.reads.getAlert('child', Date.now())).toMatchObject({ silenced_until: null })
    source.close()
  })

  it('brings out what an alert mutes once it is resolved', async () => {
    expect(await server.runtime.reads.getAlert('child', Date.now())).toMatchObject({ status: 'muted' })
    const parent = await acted('three', { action: 'resolve' })
    expect(parent.children.map(({ id, status }) => [id, status])).toEqual([['child', 'open']])
  })

  it.each<[string, unknown, number, string[]]>([
    ['unheard-of', { action: 'acknowledge' }, 404, []],
    ['one', { action: 'explode' }, 400, ['action']],
    ['one', { action: 'silence' }, 400, ['until']],
    ['one', { action: 'silence', until: 5 }, 400, ['until']],
    ['one', { action: 'note', note: '  ' }, 400, ['note']],
    ['over', { action: 'reopen' }, 409, ['action']],
    ['over', { action: 'acknowledge' }, 409, ['action']],
    ['%E0%A4%A', { action: 'acknowledge' }, 400, []],
  ])('is refused for %s with %j as a problem that names the field', async (id, action, status, paths) => {
    const answer = await act(id, action)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect((answer.json as Problem).errors.map((error) => error.path)).toEqual(paths)
  })

  it('must come from a page of this server, as JSON, by POST', async () => {
    expect((await act('one', { action: 'resolve' }, { origin: 'http://evil.example' })).status).toBe(403)
    expect((await act('one', { action: 'resolve' }, { 'content-type': 'text/plain' })).status).toBe(415)
    const got = await server.client.ask('/api/v1/alerts/one/actions')
    expect([got.status, got.headers.allow]).toEqual([405, 'POST'])
  })
})

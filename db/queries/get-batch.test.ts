import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { batchDetailSchema, exportLineSchema, runSchema } from '#lib/contract/reads.ts'
import { randomBatches } from './testing/random-batches.ts'
import { NO_EVIDENCE, writeSampleAlert } from './testing/sample-alert.ts'
import { createTempStore, createTickingClock, type TempStore } from './testing/temp-store.ts'

const DAY_MS = 86_400_000
const NOW_MS = 1_790_000_000_000

let store: TempStore
beforeAll(() => {
  store = createTempStore()
})
afterAll(() => store.close())

function batch(id: string, startedAtMs: number, more: Partial<IngestBatch> = {}): IngestBatch {
  const times = { outcome: 'ok' as const, start_ms: 0 }
  return {
    batch_id: id,
    agent: 'solo',
    started_at: startedAtMs,
    calls: [
      { call_id: 'a', tool: 'left', ...times, duration_ms: 100 },
      { call_id: 'b', tool: 'right', ...times, duration_ms: 250 },
    ],
    ...more,
  }
}

describe('getBatch', () => {
  it('names the alerts that held for its agent and tools when it ran', async () => {
    store.ingest([batch('alerted', NOW_MS + 5000, { agent: 'watched', environment: 'prod' })])
    const us = (ms: number) => (NOW_MS + ms) * 1000
    const write = (id: string, change: Parameters<typeof writeSampleAlert>[1], evidence = NO_EVIDENCE) =>
      store.write((db) => {
        const times = { onsetUs: us(4000), detectedUs: us(5100), confirmedUs: us(5100) }
        writeSampleAlert(db, { id, agent: 'watched', environment: 'prod', ...times, ...change }, evidence)
      })
    write('shown', { key: { tools: ['left', 'right'] } }, { ...NO_EVIDENCE, batches_after: ['alerted'] })
    write('any-agent', { kind: 'straggler', agent: '*', key: { tool: 'left' }, detectedUs: us(9000) })
    write('other-tool', { kind: 'straggler', key: { tool: 'other' } })
    write('other-agent', { agent: 'else' })
    write('too-late', { key: { tool: 'left' }, onsetUs: us(6000) })
    write('over', { key: { tool: 'right' }, onsetUs: us(1000), resolvedUs: us(4500) })
    const found = await store.read().getBatch('alerted', NOW_MS)
    expect(batchDetailSchema.parse(found)).toEqual(found)
    expect(found?.context.alerts.map(({ id, is_evidence }) => [id, is_evidence])).toEqual([
      ['any-agent', false],
      ['shown', true],
    ])
  })

  it('answers with every call and every field of the contract', async () => {
    const [sent] = randomBatches({ count: 1, seed: 3, fromMs: NOW_MS, toMs: NOW_MS + 1 })
    if (sent === undefined) throw new Error('one was asked for')
    store.ingest([sent])
    const found = await store.read().getBatch(sent.batch_id, NOW_MS)
    expect(batchDetailSchema.parse(found)).toEqual(found)
    expect(found).toMatchObject({
      batch_id: sent.batch_id,
      calls_truncated: false,
      started_at: sent.started_at,
    })
    expect(found?.calls.map((call) => call.call_id)).toEqual(sent.calls.map((call) => call.call_id))
  })

  it('is null for an id that was never stored, and for one that was taken out', async () => {
    store.ingest([batch('gone', NOW_MS)])
    store.retract('gone')
    expect(await store.read().getBatch('gone', NOW_MS)).toBeNull()
    expect(await store.read().getBatch('never', NOW_MS)).toBeNull()
  })

  it('names the batches before and after it in its run by their start, whatever the order of arrival', async () => {
    const inRun = (id: string, at: number) =>
      batch(id, NOW_MS + at, { run_id: 'talk', turn: at, agent: 'runner' })
    store.ingest([
      inRun('third', 3),
      inRun('first', 1),
      batch('between', NOW_MS + 2, { agent: 'runner' }),
      inRun('second', 2),
    ])
    const contextOf = async (id: string) => (await store.read().getBatch(id, NOW_MS))?.context
    expect(await contextOf('first')).toMatchObject({
      previous_batch_id: null,
      turn_before: null,
      next_batch_id: 'second',
    })
    expect(await contextOf('second')).toMatchObject({
      previous_batch_id: 'first',
      turn_before: { batch_id: 'first', turn: 1, signature: 'left+right', wall_ms: 250 },
      turn_after: { batch_id: 'third', turn: 3 },
    })
    expect(await contextOf('third')).toMatchObject({ previous_batch_id: 'second', next_batch_id: null })
    expect(await contextOf('between')).toMatchObject({
      previous_batch_id: 'first',
      next_batch_id: 'second',
      turn_before: null,
    })
  })

  it('says what was usual in the seven days up to its own, and nothing of other days', async () => {
    const at = NOW_MS + 40 * DAY_MS
    const usual = Array.from({ length: 30 }, (_, i) =>
      batch(`usual-${i}`, at - (i % 6) * DAY_MS - i, { agent: 'usual' }),
    )
    store.ingest([...usual, batch('old', at - 20 * DAY_MS), batch('subject', at, { agent: 'usual' })])
    store.derive()
    const found = await store.read().getBatch('subject', NOW_MS)
    expect(found?.context.tools.map(({ tool, n, low_sample }) => ({ tool, n, low_sample }))).toEqual([
      { tool: 'left', n: 31, low_sample: false },
      { tool: 'right', n: 31, low_sample: false },
    ])
    const [left, right] = found?.context.tools ?? []
    for (const [actual, exact] of [
      [left?.p95_ms, 100],
      [right?.p50_ms, 250],
      [found?.context.size_p95_ms, 250],
    ] as const) {
      expect(Math.abs((actual ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.01)
    }
  })

  it('lists up to sixty earlier batches of the same tools, itself first', async () => {
    const at = NOW_MS + 80 * DAY_MS
    const tools = (id: string, ms: number) =>
      batch(id, ms, { calls: [{ call_id: 'c', tool: 'lonely', outcome: 'ok', start_ms: 0, duration_ms: 7 }] })
    store.ingest(Array.from({ length: 90 }, (_, i) => tools(`lonely-${i}`, at + i)))
    store.ingest([
      { ...tools('idle', at + 50.5), calls: [{ call_id: 'c', tool: 'lonely', outcome: 'never-ran' }] },
    ])
    const found = await store.read().getBatch('lonely-70', NOW_MS)
    const recent = found?.context.recent_same_signature ?? []
    expect(recent.map(({ batch_id }) => batch_id)).toEqual(
      Array.from({ length: 60 }, (_, i) => `lonely-${70 - i}`),
    )
    expect(recent[0]).toEqual({ batch_id: 'lonely-70', started_at: at + 70, wall_ms: 7 })
  })
})

describe('listRun', () => {
  it('groups the batches of a run by turn, those without one at the end', async () => {
    const inRun = (id: string, at: number, turn: number | null) =>
      batch(id, NOW_MS + at, { run_id: 'grouped', turn, model_ms: turn === 2 ? 40 : null })
    store.ingest([
      inRun('g4', 4, null),
      inRun('g3', 3, 2),
      inRun('g1', 1, 1),
      inRun('g2', 2, 2),
      inRun('g0', 0, null),
    ])
    const run = await store.read().listRun('grouped')
    expect(runSchema.parse(run)).toEqual(run)
    expect(
      run?.turns.map(({ turn, model_ms, batches }) => [turn, model_ms, batches.map((b) => b.batch_id)]),
    ).toEqual([
      [1, null, ['g1']],
      [2, 40, ['g2', 'g3']],
      [null, null, ['g0']],
      [null, null, ['g4']],
    ])
    expect(run?.truncated).toBe(false)
  })

  it('says when a run has more batches than are answered', async () => {
    store.ingest(
      Array.from({ length: 1001 }, (_, i) => batch(`long-${i}`, NOW_MS + i, { run_id: 'long', turn: i })),
    )
    const run = await store.read().listRun('long')
    expect(run?.truncated).toBe(true)
    expect(run?.turns).toHaveLength(1000)
  })

  it('is null for a run that no batch names', async () => {
    expect(await store.read().listRun('nobody')).toBeNull()
  })
})

describe('listExport', () => {
  it('gives lines that make the same picture when they are ingested elsewhere, in pages that lose nothing', async () => {
    const source = createTempStore()
    const sent = source.ingest(randomBatches({ count: 700, seed: 5, fromMs: NOW_MS, toMs: NOW_MS + DAY_MS }))
    const reads = source.read({ limits: { scanMs: 40 }, monotonicMs: createTickingClock() })
    const lines: string[] = []
    let cursor: string | null = null
    let pages = 0
    do {
      const page = await reads.listExport({}, cursor, NOW_MS)
      lines.push(...page.lines)
      cursor = page.nextCursor
      pages += 1
    } while (cursor !== null)
    expect(pages).toBeGreaterThan(3)
    const batches = lines.map((line) => JSON.parse(line))
    expect(exportLineSchema.strict().array().parse(batches)).toEqual(batches)
    expect(batches.map((line) => line.started_at)).toEqual(
      batches.map((line) => line.started_at).sort((a, b) => a - b),
    )

    const target = createTempStore()
    expect(target.ingest(batches)).toHaveLength(sent.length)
    const all = { sort: 'started_at', order: 'asc', limit: 500 } as const
    const shape = async (from: TempStore) =>
      (await from.read().listBatches(all, NOW_MS)).batches.map(({ received_at: _, ...rest }) => rest)
    const byId = (a: { batch_id: string }, b: { batch_id: string }) => (a.batch_id < b.batch_id ? -1 : 1)
    const [before, after] = [await shape(source), await shape(target)]
    const shared = new Set(after.map(({ batch_id }) => batch_id))
    expect(after.sort(byId)).toEqual(before.filter(({ batch_id }) => shared.has(batch_id)).sort(byId))
    source.close()
    target.close()
  })

  it('is filtered as the list is', async () => {
    const { lines } = await store.read().listExport({ q: 'lonely-7' }, null, NOW_MS)
    expect(lines.map((line) => JSON.parse(line).batch_id)).toEqual([
      'lonely-7',
      ...Array.from({ length: 10 }, (_, i) => `lonely-7${i}`),
    ])
    expect(await store.read().listExport({ agent: ['unheard-of'] }, null, NOW_MS)).toEqual({
      lines: [],
      nextCursor: null,
    })
  })
})

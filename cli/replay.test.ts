import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { DETECTORS } from '#lib/detectors/registry.ts'
import { detectInProcess } from '../bench/detection/detect-in-process.ts'
import { generate } from '../fixtures/detection/gen.mjs'
import { runCommand } from '../tests/testing/run-command.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parascope-replay-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const WORKLOAD = { seed: 5, scenario: 'serialized_full', batches: 6_000, days: 14 }

async function replay(lines: readonly string[], ...args: string[]) {
  await writeFile(path.join(folder, 'events.jsonl'), `${lines.join('\n')}\n`)
  await rm(path.join(folder, 'alerts.jsonl'), { force: true })
  const result = await runCommand(['replay', 'events.jsonl', '--alerts', 'alerts.jsonl', ...args], folder)
  const written = await readFile(path.join(folder, 'alerts.jsonl'), 'utf8').catch(() => null)
  const alerts = written === null ? null : written.split('\n').filter((line) => line !== '')
  return { ...result, alerts: alerts?.map((line) => JSON.parse(line)) ?? null }
}

describe('parascope replay', () => {
  it('writes the alerts that the detectors find, in order, with times of the events', async () => {
    const { events, meta } = generate(WORKLOAD)
    const lines = events.map((event) => JSON.stringify(event))
    const { code, alerts, stderr } = await replay(lines)
    expect([code, stderr]).toEqual([0, ''])
    expect(alerts?.length).toBeGreaterThan(0)
    const times: number[] = alerts?.map(({ detected_at }) => detected_at) ?? []
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    for (const alert of alerts ?? []) {
      expect(Object.keys(alert)).toEqual([
        'id',
        'kind',
        'agent',
        'environment',
        'key',
        'detected_at',
        'onset_at',
        'first_bad_version',
        'first_bad_model',
        'resolved_at',
      ])
      expect(alert.onset_at).toBeGreaterThanOrEqual(meta.from)
      expect(alert.detected_at).toBeGreaterThanOrEqual(alert.onset_at)
    }
    const known = ({ id: _, evidence: __, ...alert }: Record<string, unknown>) => alert
    expect(alerts?.map(known)).toEqual(
      detectInProcess(events, DETECTORS).alerts.map((alert) => known({ ...alert })),
    )
  })

  it('counts a batch that comes twice once', async () => {
    const { events } = generate({ ...WORKLOAD, batches: 300, days: 1 })
    const lines = events.map((event) => JSON.stringify(event))
    const { stderr } = await replay([...lines, ...lines.slice(0, 40)], '--stats')
    const stats = JSON.parse(stderr)
    expect(stats).toMatchObject({
      lines: lines.length + 40,
      bad_lines: 0,
      batches: lines.length,
      duplicates: 40,
    })
    expect(stats.detectors_us_per_batch).toBeGreaterThan(0)
  })

  it('takes what an export wrote, which says more of each batch than was sent', async () => {
    const exported = { ...oneBatch('a'), source: 'sdk', evidence: 'declared' }
    const { code, stdout } = await replay([JSON.stringify(exported)])
    expect([code, stdout]).toEqual([0, '1 batch, 0 alerts: alerts.jsonl\n'])
  })

  it('names lines that hold no batch, goes on with the others, and ends with 1', async () => {
    const lines = [
      JSON.stringify(oneBatch('a')),
      'nonsense',
      '',
      JSON.stringify({ ...oneBatch('b'), agent: 7 }),
      JSON.stringify(oneBatch('c')),
    ]
    const { code, stdout, stderr, alerts } = await replay(lines)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^events\.jsonl:2: is not JSON: .*\nevents\.jsonl:4: agent .*\n$/)
    expect(stdout).toContain('2 batches')
    expect(alerts).toEqual([])
  })

  it('says what is wrong with its arguments, and writes nothing', async () => {
    const missing = await runCommand(['replay', 'missing.jsonl', '--alerts', 'out.jsonl'], folder)
    expect([missing.code, missing.stdout]).toEqual([1, ''])
    expect(missing.stderr).toContain('missing.jsonl')
    for (const sensitivity of ['0', '-1', 'high', '2', '']) {
      const { code, alerts, stderr } = await replay([], '--sensitivity', sensitivity)
      expect([code, alerts]).toEqual([1, null])
      expect(stderr).toContain('It must be a number from 0.000001 to 1.')
    }
  })
})

function oneBatch(id: string): IngestBatch {
  return {
    batch_id: id,
    agent: 'support',
    started_at: 1_790_000_000_000,
    calls: [{ call_id: 'c', tool: 'get_order', outcome: 'ok', start_ms: 0, duration_ms: 5 }],
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { runCommand } from '../tests/testing/run-command.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parascope-check-'))
})
afterAll(() => rm(folder, { recursive: true }))

let made = 0
/** Two calls of 100 ms each; the second starts when this much of the first is over. */
function batch(secondStartMs: number, over: Partial<IngestBatch> = {}): IngestBatch {
  made += 1
  const call = { outcome: 'ok', duration_ms: 100 } as const
  return {
    batch_id: `batch-${made}`,
    agent: 'support',
    started_at: 1_790_000_000_000,
    calls: [
      { ...call, call_id: 'a', tool: 'get_order', start_ms: 0 },
      { ...call, call_id: 'b', tool: 'list_items', start_ms: secondStartMs },
    ],
    ...over,
  }
}

async function check(lines: readonly (IngestBatch | string)[], ...args: string[]) {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  await writeFile(path.join(folder, 'trace.jsonl'), text)
  return runCommand(['check', 'trace.jsonl', '--min-overlap', '0.8', ...args], folder)
}

describe('parascope check', () => {
  it('passes calls that overlapped, and says by how much', async () => {
    const { code, stdout } = await check([batch(0), batch(10)])
    expect(code).toBe(0)
    expect(stdout).toContain('support  95 % of the possible overlap in 2 batches')
  })

  it('fails calls that ran one after another, and names the worst batch by its line', async () => {
    const { code, stdout } = await check([batch(60), '', batch(100), batch(90)])
    expect(code).toBe(1)
    expect(stdout).toContain(
      'FAIL  support  get_order+list_items: 16.7 % of the possible overlap, 250 ms lost in 3 batches; worst: trace.jsonl:3',
    )
  })

  it('weighs a batch by what it could have gained', async () => {
    const short = batch(10)
    const serial = {
      ...short,
      batch_id: 'short',
      calls: short.calls.map((call) => ({ ...call, duration_ms: 10 })),
    }
    const { code } = await check([batch(0), batch(0), serial as IngestBatch])
    expect(code).toBe(0)
  })

  it('does not blame what was meant: a mode, a cap, a declared dependency', async () => {
    const [first, second] = batch(100).calls as [IngestBatch['calls'][number], IngestBatch['calls'][number]]
    const { code, stdout } = await check([
      batch(100, { mode: 'serial' }),
      batch(100, { concurrency: 1 }),
      batch(100, { calls: [first, { ...second, depends_on: ['a'] }] }),
    ])
    expect(code).toBe(0)
    expect(stdout).toContain('3 batches, none with calls that could have overlapped')
  })

  it('judges the agents that it is told to', async () => {
    const lines = [batch(100), batch(0, { agent: 'research' })]
    expect((await check(lines)).code).toBe(1)
    expect((await check(lines, '--agent', 'research')).code).toBe(0)
    const nobody = await check(lines, '--agent', 'nobody')
    expect([nobody.code, nobody.stderr]).toEqual([2, 'trace.jsonl: holds no batch of nobody\n'])
  })

  it('cannot read what is no batch, names every such line, and ends with 2', async () => {
    const { code, stderr } = await check([batch(0), '{"batch_id":', batch(0, { agent: '' })])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^trace\.jsonl:2: is not JSON: .*\ntrace\.jsonl:3: agent .*\n$/)
    expect((await check([''])).code).toBe(2)
    const missing = await runCommand(['check', 'missing.jsonl', '--min-overlap', '0.8'], folder)
    expect([missing.code, missing.stdout]).toEqual([2, ''])
    expect(missing.stderr).toContain('missing.jsonl')
    expect((await check([batch(0)], '--min-overlap', '1.5')).code).toBe(2)
    expect((await check([batch(0)], '--format', 'xml')).code).toBe(2)
  })

  it('writes SARIF with a result for each signature that failed, placed at its worst batch', async () => {
    const passing = batch(0, { agent: 'research' })
    const { code, stdout } = await check([passing, batch(80), batch(100)], '--format', 'sarif')
    expect(code).toBe(1)
    const log = JSON.parse(stdout)
    expect(log).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-2.1.0') })
    const [run] = log.runs
    expect(run.tool.driver).toMatchObject({ name: 'parascope', rules: [{ id: 'lost-overlap' }] })
    expect(run.invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }])
    expect(run.results).toHaveLength(1)
    expect(run.results[0]).toMatchObject({
      ruleId: 'lost-overlap',
      ruleIndex: 0,
      level: 'error',
      message: {
        text: expect.stringContaining('support: get_order+list_items: 10 % of the possible overlap'),
      },
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'trace.jsonl' }, region: { startLine: 3 } } },
      ],
      properties: { overlapEfficiency: expect.closeTo(0.1, 10), worstBatchId: expect.any(String) },
    })
  })

  it('says in SARIF too that it could not read everything', async () => {
    const { code, stdout } = await check([batch(0), 'nonsense'], '--format', 'sarif')
    expect(code).toBe(2)
    expect(JSON.parse(stdout).runs[0].invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [
        { level: 'error', message: { text: expect.stringContaining('trace.jsonl:2') } },
      ],
    })
  })
})

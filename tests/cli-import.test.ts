import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { startLocalServer } from './testing/local-server.ts'
import { runCommand } from './testing/run-command.ts'
import { waitUntil } from './testing/wait-until.ts'

const FIXTURE = path.resolve(import.meta.dirname, '../fixtures/vercel-ai/7.0.173/parallel')
const COMMAND = path.resolve(import.meta.dirname, '../cli/parascope.mjs')

let folder: string
let made = 0
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parascope-import-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A store of its own, in a folder that is not there yet. */
function newStore() {
  made += 1
  const dataDir = path.join(folder, `data-${made}`)
  const run = (...args: string[]) => runCommand(args, folder, { PARASCOPE_DATA_DIR: dataDir })
  const exported = async () => {
    const { stdout } = await run('export')
    return stdout.split('\n').filter((line) => line !== '')
  }
  return { dataDir, run, exported }
}

async function write(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(path.join(folder, name), content)
  return name
}

/** The requests of a recorded run, as its exporter sent them. */
async function recordedRequests(variant = FIXTURE): Promise<Buffer[]> {
  const names = await readdir(path.join(variant, 'requests'))
  return Promise.all(names.sort().map((name) => readFile(path.join(variant, 'requests', name))))
}

function sent(id: string, change: Partial<IngestBatch> = {}): IngestBatch {
  return {
    batch_id: id,
    agent: 'support',
    started_at: 1_790_000_000_000,
    calls: [{ call_id: 'a', tool: 'get_order', outcome: 'ok', start_ms: 0, duration_ms: 5 }],
    ...change,
  }
}

const jsonl = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

describe('parascope import', () => {
  it('gives the same batches from every form in which spans are kept', async () => {
    const json = (await recordedRequests()).map((bytes) => JSON.parse(String(bytes)))
    const binary = (await recordedRequests(`${FIXTURE}-proto`)).map((bytes) =>
      bytes[0] === 0x1f ? bytes : gzipSync(bytes),
    )
    const merged = { resourceSpans: json.flatMap(({ resourceSpans }) => resourceSpans) }
    const forms = {
      'lines.jsonl.gz': gzipSync(jsonl(json)),
      'document.json': JSON.stringify(merged, null, 2),
      'list.json': JSON.stringify(json, null, 2),
    }
    const reference = newStore()
    const files = await Promise.all(json.map((one, i) => write(`request-${i}.json`, JSON.stringify(one))))
    const first = await reference.run('import', ...files)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(/^\d+ spans taken, 0 known already\n$/)
    // Every store has a key of its own for its fingerprints.
    const plain = (lines: readonly string[]) =>
      lines.map((line) => line.replace(/"(args|result)_fp":\[[^\]]*\]/g, ''))
    const expected = plain(await reference.exported())
    expect(expected.length).toBeGreaterThan(0)
    for (const [name, content] of Object.entries(forms)) {
      const store = newStore()
      expect(await store.run('import', await write(name, content))).toMatchObject({ code: 0, stderr: '' })
      expect(plain(await store.exported())).toEqual(expected)
    }
    const packed = newStore()
    const names = await Promise.all(binary.map((bytes, i) => write(`request-${i}.pb.gz`, bytes)))
    expect(await packed.run('import', ...names)).toMatchObject({ code: 0, stderr: '' })
    const tools = (line: string) => [...line.matchAll(/"tool":"(\w+)"/g)].map(([, tool]) => tool)
    expect((await packed.exported()).map(tools)).toEqual(expected.map(tools))
  })

  it('changes nothing when it is given the same again, and says so', async () => {
    const store = newStore()
    const spans = await write('again.jsonl', (await recordedRequests()).join('\n'))
    const batches = await write('again-batches.jsonl', jsonl([sent('one'), sent('two')]))
    await store.run('import', spans, batches)
    const before = await store.exported()
    const { code, stdout } = await store.run('import', batches, spans)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^0 batches taken, 2 known already; 0 spans taken, [1-9]\d* known already\n$/)
    expect(await store.exported()).toEqual(before)
  })

  it('gives elsewhere the same picture as the store that the export is of', async () => {
    const origin = newStore()
    const batches = [
      sent('sdk', { run_id: 'r', turn: 3, mode: 'serial', tool_caps: { get_order: 2 } }),
      {
        ...sent('seen'),
        source: 'otlp',
        evidence: 'arguments',
        calls: [
          { call_id: 'a', tool: 't', outcome: 'error', start_ms: null, duration_ms: null },
          { call_id: 'b', tool: 't', outcome: 'never-ran' },
        ],
      },
    ]
    await origin.run(
      'import',
      await write('origin.jsonl', jsonl(batches)),
      await write('spans.jsonl', (await recordedRequests()).join('\n')),
    )
    const lines = await origin.exported()
    expect(lines.map((line) => JSON.parse(line)).find((line) => line.batch_id === 'seen')).toMatchObject({
      source: 'otlp',
      evidence: 'arguments',
      calls: [{ outcome: 'error', duration_ms: null }, { outcome: 'never-ran' }],
    })
    expect(JSON.parse(lines.find((line) => line.includes('"sdk"')) ?? '').source).toBe('import')
    const elsewhere = newStore()
    await elsewhere.run('import', await write('export.jsonl', `${lines.join('\n')}\n`))
    expect(await elsewhere.exported()).toEqual(lines)
  })

  it('takes what its own OTLP export wrote, and finds its own batches in it', async () => {
    const store = newStore()
    await store.run(
      'import',
      await write('both.jsonl', `${(await recordedRequests()).join('\n')}\n${jsonl([sent('declared')])}`),
    )
    const before = await store.exported()
    const out = path.join(folder, 'otlp.jsonl')
    expect(await store.run('export', '--format', 'otlp', '-o', out)).toMatchObject({ code: 0 })
    await store.run('import', out)
    expect(await store.exported()).toEqual(before)
    const elsewhere = newStore()
    await elsewhere.run('import', out)
    const ids = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).batch_id)
    expect(ids(await elsewhere.exported())).toEqual(ids(before))
  })

  it('names what it cannot read by file, line and cause, takes the rest, and ends with 1', async () => {
    const store = newStore()
    const [request] = await recordedRequests()
    const lines = [
      JSON.stringify(sent('good')),
      'nonsense',
      JSON.stringify({ ...sent('bad'), agent: 7 }),
      '',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"12"}]}]}]}',
      String(request),
      '{"resourceSpans":{}}',
      JSON.stringify({ batches: [sent('boxed'), null] }),
      JSON.stringify(sent('last')).slice(0, -9),
    ]
    const { code, stdout, stderr } = await store.run('import', await write('mixed.jsonl', lines.join('\n')))
    expect(code).toBe(1)
    const told = stderr.trimEnd().split('\n')
    expect(told.map((line) => /^mixed\.jsonl:\d+/.exec(line)?.[0]).sort()).toEqual(
      [2, 3, 5, 7, 8, 9].map((line) => `mixed.jsonl:${line}`),
    )
    for (const pattern of [
      /:2: is not JSON/,
      /:3: agent must be text/,
      /:5: .*traceId must be 32/,
      /:8 batches\[1\]: must be an object/,
    ])
      expect(told).toContainEqual(expect.stringMatching(pattern))
    expect(stdout).toContain('2 batches taken')
    expect((await store.exported()).length).toBeGreaterThan(2)
  })

  it('says of bytes that are nothing what is wrong with them, and ends with 2 for a file that is not there', async () => {
    const store = newStore()
    const junk = await write(
      'junk.bin',
      Uint8Array.from({ length: 400 }, (_, i) => (i * 151 + 3) % 256),
    )
    const cut = await write('cut.gz', gzipSync(jsonl([sent('cut')])).subarray(0, 40))
    const { code, stderr } = await store.run('import', junk, cut, 'missing.json')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^junk\.bin: /m)
    expect(stderr).toMatch(/^cut\.gz: is no whole gzip/m)
    expect(stderr).toMatch(/missing\.json/)
  })

  it('goes through the server that holds the data folder', async () => {
    const server = await startLocalServer()
    try {
      const environment = { PARASCOPE_URL: server.url }
      const file = await write(
        'served.jsonl',
        `${(await recordedRequests()).join('\n')}\n${jsonl([sent('x')])}`,
      )
      const { code, stderr } = await runCommand(['import', file], folder, environment)
      expect([code, stderr]).toEqual([0, ''])
      await waitUntil('every batch is final', async () => {
        const { unassembled_runs, provisional_batches } = await server.runtime.reads.getOtlpReceipt()
        return unassembled_runs + provisional_batches === 0
      })
      const { batches } = await server.runtime.reads.listBatches({}, Date.now())
      expect(batches.map(({ source }) => source)).toContain('otlp')
      expect(batches.find(({ batch_id }) => batch_id === 'x')?.source).toBe('import')
    } finally {
      await server.stop()
    }
  })

  it('completes after a kill without doubling anything', async () => {
    const store = newStore()
    const count = 30_000
    const batches = Array.from({ length: count }, (_, i) =>
      sent(`b${i}`, { started_at: 1_790_000_000_000 + i }),
    )
    const file = await write('many.jsonl', jsonl(batches))
    const env = { ...process.env, PARASCOPE_DATA_DIR: store.dataDir, PARASCOPE_URL: undefined }
    const child = spawn(process.execPath, [COMMAND, 'import', file], { cwd: folder, env, stdio: 'ignore' })
    await waitUntil('some of it is on disk', async () => {
      const wal = await stat(path.join(store.dataDir, 'parascope.db-wal')).catch(() => null)
      return (wal?.size ?? 0) > 4_000_000
    })
    child.kill('SIGKILL')
    const { code, stdout } = await store.run('import', file)
    expect(code).toBe(0)
    const [, taken, known] = /^([\d,]+) batch(?:es)? taken, ([\d,]+) known/.exec(stdout) ?? []
    const numbers = [taken, known].map((text) => Number(text?.replaceAll(',', '')))
    expect((numbers[0] ?? 0) + (numbers[1] ?? 0)).toBe(count)
    expect(numbers[1]).toBeGreaterThan(0)
    const { stderr } = await store.run('export', '-o', 'all.jsonl')
    expect(stderr).toBe('30,000 batches: all.jsonl\n')
  })
})

describe('parascope export', () => {
  it('writes what the filters leave, and names a filter that is wrong', async () => {
    const store = newStore()
    const batches = [sent('a1', { agent: 'a' }), sent('b1', { agent: 'b' }), sent('c1', { agent: 'c' })]
    await store.run('import', await write('agents.jsonl', jsonl(batches)))
    const { stdout } = await store.run('export', '--agent', 'a', '--agent', 'c')
    const agents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).agent)
    expect(agents).toEqual(['a', 'c'])
    const wrong = await store.run('export', '--min-size', 'many')
    expect([wrong.code, wrong.stdout, wrong.stderr]).toEqual([2, '', '--min-size: must be a number\n'])
    const nothing = await newStore().run('export')
    expect(nothing.code).toBe(1)
    expect(nothing.stderr).toContain('holds no batches')
  })
})

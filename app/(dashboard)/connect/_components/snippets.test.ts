import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getRuntime } from '#db/runtime.ts'
import { type RunningServer, startServer } from '#server/start.ts'
import { waitUntil } from '../../../../tests/testing/wait-until.ts'
import type { Way } from './connect-params.ts'
import { buildSteps } from './snippets.ts'
import type { SnippetValues } from './step.ts'

/*
 * What the page tells people to paste is pasted here: into a real shell, a real Node and a real Python,
 * against a real server.
 */

const run = promisify(execFile)
const ROOT = path.resolve(import.meta.dirname, '../../../..')
/** A name that any sloppy quoting would break. */
const HOSTILE = 'it\'s "my" $HOME `agent` \\n'

let folder: string
let server: RunningServer

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parascope-snippets-'))
  // The install step itself needs a registry's tools and minutes; its result is the package in node_modules.
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  server = await startServer(
    {
      port: 0,
      host: '127.0.0.1',
      dataDir: path.join(folder, 'data'),
      publicUrl: null,
      allowedHosts: [],
      triggerSecret: null,
      maxBodyBytes: 1 << 20,
      spans: { quietMs: 300, maxBufferBytes: 64 << 20, capturesContent: false },
      webhooks: { allowedHosts: new Set<string>(), followRedirects: false },
      falseAlarms: 0.005,
    },
    { pages: 'none' },
  )
})

afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const valuesOf = (agent: string): SnippetValues => ({ origin: server.url, agent, environment: 'try $1' })

function codeOf(way: Way, agent: string, caption: string): string {
  const blocks = buildSteps(way, valuesOf(agent)).flatMap((step) => step.blocks)
  const block = blocks.find((candidate) => candidate.caption === caption)
  if (!block) throw new Error(`No block is captioned ${caption}`)
  return block.code
}

async function batchOf(agent: string) {
  const { batches } = await getRuntime().reads.listBatches({ agent: [agent] }, Date.now())
  expect(batches).toHaveLength(1)
  return batches[0]
}

/** Neither belongs to what the product needs, so a machine may be without. */
const isMissing = (command: string) => spawnSync(command, ['--version']).status !== 0

for (const way of ['executor', 'wrap'] as const) {
  test(`the program for ${way} runs as it is, ends by itself, and its batch is stored`, async () => {
    const agent = `${way} ${HOSTILE}`
    const file = path.join(folder, `${way}.mjs`)
    await writeFile(file, codeOf(way, agent, 'agent.mjs'))
    const { stderr } = await run(process.execPath, [file])
    expect(stderr).toBe('')
    expect(await batchOf(agent)).toMatchObject({
      environment: 'try $1',
      mode: 'parallel',
      size: 3,
      outcomes: { ok: 3 },
    })
  })
}

test.skipIf(isMissing('curl'))('the curl command works in a plain shell', async () => {
  const agent = `curl ${HOSTILE}`
  const { stdout } = await run('sh', ['-c', codeOf('http', agent, 'a shell with curl')])
  expect(JSON.parse(stdout)).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
  expect(await batchOf(agent)).toMatchObject({ environment: 'try $1', size: 3, flags: [] })
})

test.skipIf(isMissing('python3'))('the Python program needs nothing but its standard library', async () => {
  const agent = `python ${HOSTILE}`
  const file = path.join(folder, 'agent.py')
  await writeFile(file, codeOf('http', agent, 'agent.py, to be run with python3'))
  const { stdout } = await run('python3', [file])
  expect(JSON.parse(stdout)).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
  expect(await batchOf(agent)).toMatchObject({ size: 2, outcomes: { ok: 2 } })
})

test.skipIf(isMissing('curl'))('the turn of spans that is sent by hand becomes a batch', async () => {
  const agent = `spans ${HOSTILE}`
  const { stdout } = await run('sh', ['-c', codeOf('otlp', agent, 'a shell with curl')])
  expect(JSON.parse(stdout)).toEqual({})
  await waitUntil('the spans are a batch', async () => {
    const { batches } = await getRuntime().reads.listBatches({ agent: [agent] }, Date.now())
    return batches[0]?.outcomes.ok === 2
  })
  expect(await batchOf(agent)).toMatchObject({
    environment: 'try $1',
    size: 2,
    source: 'otlp',
    evidence: 'call-id',
    model_ms: 1000,
    wall_ms: 2000,
  })
})

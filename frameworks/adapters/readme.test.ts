import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBundles } from '../../sdk/build.mjs'
import { FarEnd } from '../../sdk/src/far-end.test-util.ts'
import { ScriptedApi as AnthropicApi } from './anthropic-api.ts'
import type { PlannedCall } from './lab.ts'
import { ScriptedApi as OpenaiApi } from './openai-api.ts'

/*
 * The programs of the README's section on frameworks, each as it stands: the built package, the real framework
 * from its own package, and a model that emits three calls.
 */

const here = path.dirname(fileURLToPath(import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'parascope-readme-'))
const CALLS: readonly PlannedCall<object>[] = [
  { callId: 'call_1', tool: 'get_order', args: { id: 1042 } },
  { callId: 'call_2', tool: 'get_order', args: { id: 1043 } },
  { callId: 'call_3', tool: 'refund', args: { id: 1042 } },
]

const readme = readFileSync(path.join(here, '../../sdk/README.md'), 'utf8')
const section = readme.slice(readme.indexOf('## Frameworks'), readme.indexOf('## What is sent'))
const programs = section
  .split('```js\n')
  .slice(1)
  .map((rest) => rest.split('```')[0] ?? '')
const [start = '', ...examples] = programs

/** What a program takes for granted: its model, or the other end of its transport. */
function preludeOf(example: string): string {
  const scripted = (file: string) =>
    `import { ScriptedModel } from '${path.join(here, file)}'\nconst model = new ScriptedModel(${JSON.stringify(CALLS)})`
  if (example.includes("from 'langchain'")) return scripted('langchain-model.ts')
  if (/from '(ai|@mastra\/core\/agent)'/.test(example)) return scripted('ai-model.ts')
  return example.includes('transport') ? MCP_SERVER : ''
}

const MCP_SERVER = `
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import * as zod from 'zod'
const server = new McpServer({ name: 'orders', version: '1.0.0' })
for (const [name, readOnlyHint] of [['get_order', true], ['refund', false]]) {
  server.registerTool(name, { inputSchema: { id: zod.number() }, annotations: { readOnlyHint } }, ({ id }) => ({
    content: [{ type: 'text', text: name + id }],
  }))
}
const [transport, far] = InMemoryTransport.createLinkedPair()
await server.connect(far)
`

/** The providers' APIs, for clients that are told by the environment where they are. */
async function openProvider(): Promise<Server> {
  const openai = new OpenaiApi(CALLS)
  const anthropic = new AnthropicApi(CALLS)
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const init = { body: await text(request) }
    const answer = await (url.pathname.endsWith('/messages')
      ? anthropic.fetch(url, init)
      : openai.fetch(url, init))
    response.setHeader('content-type', 'application/json').end(await answer.text())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

beforeAll(async () => {
  const modules = path.join(folder, 'node_modules')
  mkdirSync(path.join(modules, '@parascope'), { recursive: true })
  const installed = path.join(here, '../node_modules')
  for (const name of readdirSync(installed)) {
    if (!name.startsWith('.')) symlinkSync(path.join(installed, name), path.join(modules, name))
  }
  const home = path.join(modules, '@parascope/sdk')
  cpSync(path.join(here, '../../sdk/package.json'), path.join(home, 'package.json'))
  await writeBundles(path.join(home, 'dist'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(source: string, apiUrl: string) {
  const file = path.join(folder, `${crypto.randomUUID()}.mjs`)
  writeFileSync(file, source)
  const env = {
    ...process.env,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: `${apiUrl}/v1`,
    OPENAI_AGENTS_DISABLE_TRACING: '1',
    ANTHROPIC_API_KEY: 'none',
    ANTHROPIC_BASE_URL: apiUrl,
    NODE_NO_WARNINGS: '1',
  }
  const child = spawn(process.execPath, [file], { cwd: folder, env })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}

describe('the programs that the README shows', () => {
  it('are one for every adapter, and two for those with a loop of one’s own', () => {
    const entries = examples.map((example) => /@parascope\/sdk\/([\w-]+)/.exec(example)?.[1])
    expect(entries).toEqual([
      'ai-sdk',
      'langchain',
      'openai',
      'openai',
      'openai-agents',
      'anthropic',
      'anthropic',
      'mastra',
      'mcp',
    ])
  })

  it.each(
    examples.map((example, index) => [`${index + 1}: ${/\/sdk\/([\w-]+)/.exec(example)?.[1]}`, example]),
  )('run as they stand, %s', async (_, example) => {
    const farEnd = await FarEnd.open()
    const provider = await openProvider()
    try {
      const source = [preludeOf(example), start, example, 'await scope.shutdown()']
        .join('\n')
        .replace('http://localhost:3000', farEnd.url)
      const apiUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
      expect(await run(source, apiUrl)).toMatchObject({ code: 0, stderr: '' })
      expect(farEnd.batches.map(({ calls }) => calls)).toMatchObject([
        CALLS.map(({ tool }) => ({ tool, outcome: 'ok', effect: tool === 'refund' ? 'write' : 'read' })),
      ])
      const ids = farEnd.batches[0]?.calls.map(({ call_id }) => call_id)
      if (!example.includes('mcpClient')) expect(ids).toEqual(['call_1', 'call_2', 'call_3'])
    } finally {
      provider.closeAllConnections()
      provider.close()
      await farEnd.close()
    }
  })
})

import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CORE_BUDGET_BYTES, gzippedBytes, writeBundles } from '../build.mjs'
import { FarEnd } from './far-end.test-util.ts'

/*
 * The package as it is published, used by a program of its own: what only a process can show, above all
 * that it ends by itself.
 */

const folder = mkdtempSync(path.join(tmpdir(), 'parascope-sdk-'))

beforeAll(async () => {
  const home = path.join(folder, 'node_modules/@parascope/sdk')
  cpSync(new URL('../package.json', import.meta.url), path.join(home, 'package.json'))
  await writeBundles(path.join(home, 'dist'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** Runs a program to its end; one that has not ended by itself after 20 s is ended, with code null. */
function run(source: string, extension: 'mjs' | 'cjs' = 'mjs'): Promise<Run> {
  const file = path.join(folder, `${crypto.randomUUID()}.${extension}`)
  writeFileSync(file, source)
  const startedAt = performance.now()
  const child = spawn(process.execPath, [file], { cwd: folder })
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr, ms: performance.now() - startedAt })
    })
  })
}

/** Its second batch lasts until the first is being reported and the mode stream is asked for. */
const threeLines = (url: string, more = '') => `
import { createParascope } from '@parascope/sdk'
const scope = createParascope({ url: '${url}', agent: 'script' })
const run = scope.executor({ run: ({ tool, args }) => new Promise((done) => setTimeout(done, args, tool)) })
await run([{ callId: 'a', tool: 'hello', args: 0 }])
console.log(JSON.stringify(await run([{ callId: 'a', tool: 'hello', args: 400 }])))
${more}`
const answer = '[{"callId":"a","status":"ok","data":"hello"}]\n'

async function withSockets(
  onSocket: (socket: Socket) => void,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as { port: number }).port}`)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

describe('the published package', () => {
  it('keeps its budget', async () => {
    expect(await gzippedBytes('index')).toBeLessThanOrEqual(CORE_BUDGET_BYTES)
    expect(await gzippedBytes('web')).toBeLessThanOrEqual(CORE_BUDGET_BYTES)
  })

  it('can be required', async () => {
    const farEnd = await FarEnd.open()
    const source = `
      const { createParascope } = require('@parascope/sdk')
      const scope = createParascope({ url: '${farEnd.url}', agent: 'script' })
      scope.executor({ run: (call) => call.tool })([{ callId: 'a', tool: 'hello' }])
        .then((results) => console.log(JSON.stringify(results)))
        .then(() => scope.shutdown())
        .then((sent) => console.log(sent))`
    expect(await run(source, 'cjs')).toMatchObject({ code: 0, stdout: `${answer}true\n`, stderr: '' })
    expect(farEnd.batches.length).toBe(1)
    await farEnd.close()
  })
})

describe('the adapters', () => {
  const names = ['ai-sdk', 'anthropic', 'langchain', 'mastra', 'mcp', 'openai', 'openai-agents']

  it.each([
    ['imported', 'mjs', (name: string) => `await import('@parascope/sdk/${name}')`],
    ['required', 'cjs', (name: string) => `require('@parascope/sdk/${name}')`],
  ] as const)('can be %s where no framework is installed', async (_, extension, load) => {
    const source = `console.log([${names.map(load)}].map((entry) => Object.keys(entry).join()).join(' '))`
    expect(await run(source, extension)).toMatchObject({
      code: 0,
      stderr: '',
      stdout:
        'aiSdk anthropicToolCalls,anthropicToolRunner langchainTools mastra mcpClient,policiesOf openaiToolCalls,openaiTools openaiAgents\n',
    })
  })

  it('keep their budget', async () => {
    for (const name of names) expect(await gzippedBytes(`adapters/${name}`)).toBeLessThanOrEqual(6_000)
  })
})

describe('the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [example = ''] = readme
    .split('```js\n')
    .slice(1)
    .map((text) => text.split('```')[0] ?? '')

  it('has an example that works as it stands', async () => {
    const farEnd = await FarEnd.open()
    const result = await run(example.replace('http://localhost:3000', farEnd.url))
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout.match(/call_\d/g)).toEqual(['call_1', 'call_2', 'call_3'])
    expect(farEnd.batches).toMatchObject([
      { agent: 'support', run_id: 'conversation-17', calls: [{}, {}, {}] },
    ])
    await farEnd.close()
  })
})

describe('the policies of the README', () => {
  it('work as they stand', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const blocks = readme.split('```js\n').map((text) => text.split('```')[0] ?? '')
    const example = blocks.find((text) => text.includes("from '@parascope/sdk/policies'")) ?? ''
    const farEnd = await FarEnd.open()
    const result = await run(example.replace('http://localhost:3000', farEnd.url))
    expect(result).toMatchObject({ code: 0, stderr: '' })
    const [customer, search, refund, audit, lint] = result.stdout.split('\n')
    expect(customer).toBe('call_1 ok {"id":7,"name":"Ann"}')
    expect(search).toMatch(/^call_2 ok "refunds .*\[truncated: the first 200 of 8000 bytes\]"$/)
    expect(refund).toBe('call_3 ok {"order":1042,"key":"conversation-17:call_3"}')
    expect(audit).toBe('call_4 ok "written"')
    expect(lint).toMatch(/^lint: audit: say whether it reads or writes/)
    expect(farEnd.batches[0]?.calls.map(({ call_id, attempt }) => `${call_id}#${attempt ?? 1}`)).toEqual([
      'call_1#1',
      'call_2#1',
      'call_3#1',
      'call_4#1',
      'call_1#2',
    ])
    await farEnd.close()
  })
})

describe('a three-line script ends by itself', () => {
  it('with the server alive', async () => {
    const farEnd = await FarEnd.open()
    expect(await run(threeLines(farEnd.url))).toMatchObject({ code: 0, stdout: answer, stderr: '' })
    await farEnd.close()
  })

  it('with the server alive and its mode stream open', async () => {
    const farEnd = await FarEnd.open()
    const more = 'console.log(await scope.ready(), scope.stats().modeConnected)'
    expect(await run(threeLines(farEnd.url, more))).toMatchObject({ code: 0, stdout: `${answer}true true\n` })
    await farEnd.until(() => farEnd.streams === 0)
    await farEnd.close()
  })

  it('with the server dead', async () => {
    await withSockets(
      () => {},
      async (url) => {
        // Port 9 is kept free of listeners, and the one that was just in use is closed by then.
        expect(await run(threeLines(url.replace(/\d+$/, '9')))).toMatchObject({
          code: 0,
          stdout: answer,
          stderr: '',
        })
      },
    )
  })

  it.each([
    ['hanging', () => {}],
    ['reading nothing', (socket: Socket) => socket.pause()],
    ['closing every door', (socket: Socket) => socket.destroy()],
    ['speaking nonsense', (socket: Socket) => socket.write('nonsense\r\n\r\n')],
    [
      'heading and then hanging',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'),
    ],
  ])('with the server %s', async (_, onSocket) => {
    await withSockets(onSocket, async (url) => {
      const { ms, ...result } = await run(threeLines(url))
      expect(result).toEqual({ code: 0, stdout: answer, stderr: '' })
      // Our own requests give up after 10 s: it did not wait for that.
      expect(ms).toBeLessThan(6_000)
    })
  })

  it('with an address that leads nowhere', async () => {
    expect(await run(threeLines('http://parascope.invalid'))).toMatchObject({
      code: 0,
      stdout: answer,
      stderr: '',
    })
  })

  it('after a shutdown that the server hangs on, and says that not all was sent', async () => {
    await withSockets(
      () => {},
      async (url) => {
        const more = 'console.log(await scope.shutdown(200), scope.stats().dropped)'
        expect(await run(threeLines(url, more))).toMatchObject({ code: 0, stdout: `${answer}false 2\n` })
      },
    )
  })

  it('after everything was sent, when it waits for it', async () => {
    const farEnd = await FarEnd.open()
    const result = await run(threeLines(farEnd.url, 'console.log(await scope.shutdown())'))
    expect(result).toMatchObject({ code: 0, stdout: `${answer}true\n` })
    expect(farEnd.batches.length).toBe(2)
    await farEnd.close()
  })

  it('with the exit code and the unhandled rejection it would have without us', async () => {
    const source = `
      import { createParascope } from '@parascope/sdk'
      const scope = createParascope({ url: 'http://127.0.0.1:9', agent: 'script' })
      scope.wrap(async () => { throw new Error('nobody handles me') })()`
    const { code, stderr } = await run(source)
    expect(code).toBe(1)
    expect(stderr).toContain('nobody handles me')
  })
})

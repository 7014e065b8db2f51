import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { OFREPProvider } from '@openfeature/ofrep-provider'
import { OpenFeature } from '@openfeature/server-sdk'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stickyPercent } from '#lib/flags/evaluate-mode.ts'
import { ChaosProxy } from './testing/chaos-proxy.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { putRules } from './testing/put-rules.ts'
import { createRandom } from './testing/random.ts'
import { waitUntil } from './testing/wait-until.ts'

/* The providers that OpenFeature publishes, as they come from npm, against a real server. */

const FLAG = 'parallel-tool-calls'
let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  await putRules(server.client, [])
})

describe('the server provider', () => {
  const client = OpenFeature.getClient('agents')
  beforeAll(() => OpenFeature.setProviderAndWait('agents', new OFREPProvider({ baseUrl: server.url })))
  afterAll(() => OpenFeature.close())

  it('evaluates each kind of value, and sees a change at the next evaluation', async () => {
    const context = { targetingKey: 'run-1', agent: 'kyc', environment: 'production' }
    expect(await client.getStringDetails(FLAG, 'serial', context)).toMatchObject({
      value: 'parallel',
      variant: 'parallel',
      reason: 'STATIC',
      flagMetadata: { revision: server.runtime.mode().revision },
    })
    const { revision, rules } = await putRules(server.client, [
      { mode: 'serial', agent: 'kyc' },
      { mode: 'serial', tool: 'refund' },
    ])
    expect(await client.getStringDetails(FLAG, 'parallel', context)).toMatchObject({
      value: 'serial',
      reason: 'TARGETING_MATCH',
      flagMetadata: { revision, rule_id: rules[0]?.id },
    })
    expect(await client.getBooleanValue(`${FLAG}.allowed`, true, context)).toBe(false)
    expect(await client.getNumberValue(`${FLAG}.revision`, -1, context)).toBe(revision)
    expect(await client.getObjectValue(`${FLAG}.tools`, {}, { agent: 'triage' })).toEqual({
      refund: 'serial',
    })
  })

  it('gets the defaults, with the code of the error', async () => {
    await putRules(server.client, [{ mode: 'serial', percentage: 50 }])
    expect(await client.getStringDetails('missing-flag', 'uh-oh')).toMatchObject({
      value: 'uh-oh',
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
    })
    expect(await client.getNumberDetails(FLAG, 13, { targetingKey: 'r' })).toMatchObject({
      value: 13,
      errorCode: 'TYPE_MISMATCH',
    })
    expect(await client.getStringDetails(FLAG, 'serial')).toMatchObject({
      value: 'serial',
      errorCode: 'TARGETING_KEY_MISSING',
    })
    expect(await client.getStringDetails(FLAG, 'serial', { agent: 7 })).toMatchObject({
      errorCode: 'INVALID_CONTEXT',
    })
  })

  it('divides the runs as everybody does', async () => {
    const { rules } = await putRules(server.client, [{ mode: 'serial', percentage: 50 }])
    const runs = Array.from({ length: 40 }, (_, i) => `run-${i}`)
    const modes = await Promise.all(
      runs.map((targetingKey) => client.getStringValue(FLAG, 'default', { targetingKey })),
    )
    expect(modes).toEqual(
      runs.map((run) => (stickyPercent(rules[0]?.id ?? '', run) < 50 ? 'serial' : 'parallel')),
    )
  })
})

describe('the server provider, told to come back later', () => {
  it('keeps away for as long as it is told, by the header of the server', async () => {
    let asked = 0
    const busy = createServer((_req, res) => {
      asked += 1
      res.writeHead(429, { 'retry-after': '60', 'content-type': 'application/json' }).end('{}')
    }).listen(0, '127.0.0.1')
    await once(busy, 'listening')
    const baseUrl = `http://127.0.0.1:${(busy.address() as AddressInfo).port}`
    const provider = new OFREPProvider({ baseUrl })
    await expect(provider.resolveStringEvaluation(FLAG, 'serial', {})).rejects.toThrow('rate limit')
    await expect(provider.resolveStringEvaluation(FLAG, 'serial', {})).rejects.toThrow('paused')
    expect(asked).toBe(1)
    busy.close()
  })
})

interface Line {
  readonly event: 'ready' | 'changed' | 'stale' | 'context'
  readonly value: string
  readonly revision: number
  readonly [more: string]: unknown
}

describe('the web provider', () => {
  const children: ChildProcess[] = []
  afterEach(async () => {
    for (const child of children.splice(0)) {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
  })

  function start(context: unknown, options: unknown = {}, url = server.url) {
    const program = path.resolve(import.meta.dirname, 'testing/ofrep-web-client.ts')
    const args = [
      '--no-warnings',
      '--experimental-eventsource',
      program,
      url,
      JSON.stringify(context),
      JSON.stringify(options),
    ]
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    children.push(child)
    const lines: Line[] = []
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
    return {
      lines,
      changeContext: (next: unknown) => child.stdin.write(`${JSON.stringify(next)}\n`),
      async hear(fits: (line: Line) => boolean): Promise<Line> {
        await waitUntil('the program says so', () => lines.some(fits))
        return lines.find(fits) as Line
      },
    }
  }
  const isReady = ({ event }: Line) => event === 'ready'
  const streams = async () =>
    /parascope_streams\{kind="flags"\} (\d+)/.exec((await server.client.ask('/metrics')).text)?.[1]

  it('hears of a change by the event stream, without polling', async () => {
    const program = start({ targetingKey: 'session-1', agent: 'kyc', environment: 'production' })
    expect(await program.hear(isReady)).toMatchObject({ value: 'parallel', allowed: true, tools: {} })
    await waitUntil('its stream is open', async () => (await streams()) === '1')
    const { revision, rules } = await putRules(server.client, [
      { mode: 'reads-only', agent: 'kyc' },
      { mode: 'serial', tool: 'refund' },
    ])
    const changed = await program.hear((line) => line.event === 'changed' && line.revision === revision)
    expect(changed).toMatchObject({
      value: 'reads-only',
      variant: 'reads-only',
      reason: 'TARGETING_MATCH',
      flagMetadata: { revision, rule_id: rules[0]?.id },
      tools: { refund: 'serial' },
    })
    program.changeContext({ targetingKey: 'session-1', agent: 'triage', environment: 'production' })
    expect(await program.hear(({ event }) => event === 'context')).toMatchObject({ value: 'parallel' })
  })

  it('learns of a change that came while its stream was broken, as soon as it has one again', async () => {
    const proxy = await ChaosProxy.open(server.url, createRandom(1))
    const program = start({ agent: 'kyc' }, {}, proxy.url)
    await program.hear(isReady)
    await waitUntil('its stream is open', async () => (await streams()) === '1')
    proxy.weather = 'refusing'
    proxy.drop(1)
    await program.hear(({ event }) => event === 'stale')
    const { revision } = await putRules(server.client, [{ mode: 'serial', agent: 'kyc' }])
    proxy.weather = 'clear'
    expect(await program.hear((line) => line.revision === revision)).toMatchObject({ value: 'serial' })
    await proxy.close()
  })

  it('hears of a change by polling too', async () => {
    const program = start({ agent: 'kyc' }, { changeDetection: 'polling', pollInterval: 50 })
    await program.hear(isReady)
    const { revision } = await putRules(server.client, [{ mode: 'serial' }])
    const changed = await program.hear((line) => line.revision === revision)
    expect(changed).toMatchObject({ event: 'changed', value: 'serial', allowed: false })
    expect(program.lines).toHaveLength(2)
  })

  it('is ready without a run even where a share of the runs is asked for', async () => {
    await putRules(server.client, [{ mode: 'serial', percentage: 50 }])
    const program = start({})
    expect(await program.hear(isReady)).toMatchObject({
      value: 'default',
      errorCode: 'TARGETING_KEY_MISSING',
      revision: server.runtime.mode().revision,
    })
  })
})

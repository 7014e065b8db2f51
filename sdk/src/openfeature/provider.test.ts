import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type EventDetails, OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/server-sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FarEnd, type FarRule, json } from '../far-end.test-util.ts'
import { ParascopeProvider, type ParascopeProviderOptions } from '../openfeature.ts'

const FLAG = 'parallel-tool-calls'
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9'

let farEnd: FarEnd
let folder: string
let domains = 0
beforeEach(async () => {
  farEnd = await FarEnd.open()
  folder = await mkdtemp(path.join(tmpdir(), 'parascope-openfeature-'))
})
afterEach(async () => {
  await OpenFeature.clearProviders()
  await farEnd.close()
  await rm(folder, { recursive: true })
})

/** A program with the provider, which keeps every event that it is told. */
function open(options: Partial<ParascopeProviderOptions> = {}) {
  const domain = `provider-${domains++}`
  const client = OpenFeature.getClient(domain)
  const told: { event: ProviderEvents; details: EventDetails | undefined }[] = []
  let waiting: (() => void)[] = []
  for (const event of Object.values(ProviderEvents)) {
    client.addHandler(event, (details) => {
      told.push({ event, details })
      const woken = waiting
      waiting = []
      for (const resolve of woken) resolve()
    })
  }
  // What went before is of the provider that stood here first.
  told.length = 0
  const provider = new ParascopeProvider({
    agent: 'planner',
    environment: 'production',
    ...options,
    url: options.url ?? farEnd.url,
  })
  const ready = OpenFeature.setProviderAndWait(domain, provider)
  return {
    client,
    provider,
    ready,
    told,
    details: (defaultValue = 'default') => client.getStringDetails(FLAG, defaultValue),
    async hear(event: ProviderEvents) {
      while (!told.some((it) => it.event === event)) await new Promise<void>((done) => waiting.push(done))
      return told.find((it) => it.event === event)?.details
    },
  }
}

const snapshot = (revision: number, mode: FarRule['mode']) => ({
  revision,
  rules: [
    {
      id: `of${revision}`,
      environment: null,
      agent: null,
      tool: null,
      mode,
      percentage: null,
      expires_at: null,
    },
  ],
})

describe('the events of the provider', () => {
  it('are READY, and CONFIGURATION_CHANGED at each new revision', async () => {
    const program = open()
    await program.ready
    expect(program.told.map(({ event }) => event)).toEqual([ProviderEvents.Ready])
    farEnd.flip([{ mode: 'serial' }])
    const details = await program.hear(ProviderEvents.ConfigurationChanged)
    expect(details).toMatchObject({ flagsChanged: expect.arrayContaining([FLAG]), metadata: { revision: 2 } })
    expect(await program.details()).toMatchObject({ value: 'serial', flagMetadata: { revision: 2 } })
  })

  it('are STALE when the server is lost, with the last known mode, and READY when it is back', async () => {
    farEnd.flip([{ mode: 'serial' }])
    const program = open()
    await program.ready
    const { port } = farEnd
    await farEnd.close()
    await program.hear(ProviderEvents.Stale)
    expect(program.client.providerStatus).toBe(ProviderStatus.STALE)
    expect(await program.details()).toMatchObject({
      value: 'serial',
      reason: 'STALE',
      flagMetadata: { revision: 2, stale: true, reason: 'TARGETING_MATCH' },
    })
    program.told.length = 0
    farEnd = await FarEnd.open(port)
    farEnd.flip([{ mode: 'reads-only' }], 3)
    await program.hear(ProviderEvents.ConfigurationChanged)
    expect(program.told[0]?.event).toBe(ProviderEvents.Ready)
    expect(program.client.providerStatus).toBe(ProviderStatus.READY)
    expect(await program.details()).toMatchObject({ value: 'reads-only', reason: 'TARGETING_MATCH' })
  })

  it('are ERROR when the server refuses, which takes nothing away from what is known', async () => {
    farEnd.flip([{ mode: 'serial' }])
    const program = open()
    await program.ready
    farEnd.onStream = (_, response) => json(response, 401, {})
    farEnd.onMode = (_, response) => json(response, 401, {})
    farEnd.dropStreams()
    expect(await program.hear(ProviderEvents.Error)).toMatchObject({ message: 'status 401' })
    expect(await program.details()).toMatchObject({ value: 'serial', reason: 'STALE' })
  })

  it('come by polling alone too', async () => {
    const program = open({ modeUpdates: 'poll' })
    await program.ready
    farEnd.flip([{ mode: 'serial' }])
    await program.hear(ProviderEvents.ConfigurationChanged)
    expect(farEnd.heard.some(({ path }) => path === '/api/v1/mode/stream')).toBe(false)
  })

  it('end when it is closed', async () => {
    const program = open()
    await program.ready
    await OpenFeature.clearProviders()
    await farEnd.until(() => farEnd.streams === 0)
    expect(program.told.map(({ event }) => event)).toEqual([ProviderEvents.Ready])
  })
})

describe('a start while the server is away', () => {
  it('is from the bootstrap, ready at once and known to be stale', async () => {
    const program = open({ url: NOWHERE, bootstrap: snapshot(7, 'serial') })
    await program.ready
    expect(await program.details()).toMatchObject({
      value: 'serial',
      reason: 'STALE',
      flagMetadata: { revision: 7, rule_id: 'of7' },
    })
    await program.hear(ProviderEvents.Stale)
  })

  it('is from the file where the last process left what it knew', async () => {
    const modeFile = path.join(folder, 'deeper', 'mode.json')
    farEnd.flip([{ mode: 'reads-only' }], 4)
    const before = open({ modeFile })
    await before.ready
    await expect.poll(() => readFile(modeFile, 'utf8').catch(() => '')).toContain('"revision":4')
    expect(await readdir(path.dirname(modeFile))).toEqual(['mode.json'])
    const program = open({ url: NOWHERE, modeFile })
    await program.ready
    expect(await program.details()).toMatchObject({ value: 'reads-only', flagMetadata: { revision: 4 } })
  })

  it.each([
    [3, 'serial'],
    [9, 'reads-only'],
  ] as const)('is from the newer of both: a bootstrap of 5, a file of %i', async (revision, expected) => {
    const modeFile = path.join(folder, 'mode.json')
    const kept = { agent: 'planner', environment: 'production', ...snapshot(revision, 'reads-only') }
    await writeFile(modeFile, JSON.stringify(kept))
    const program = open({ url: NOWHERE, modeFile, bootstrap: snapshot(5, 'serial') })
    await program.ready
    expect((await program.details()).value).toBe(expected)
  })

  it('is from the default of the code when nothing is known, and ends when the server comes', async () => {
    const { port, url } = farEnd
    await farEnd.close()
    const program = open({ url, readyTimeoutMs: 300 })
    await expect(program.ready).rejects.toThrow('no mode is known')
    await program.hear(ProviderEvents.Error)
    expect(await program.details('serial')).toMatchObject({
      value: 'serial',
      reason: 'ERROR',
      errorCode: 'PROVIDER_NOT_READY',
    })
    farEnd = await FarEnd.open(port)
    await program.hear(ProviderEvents.ConfigurationChanged)
    expect(program.told.at(-2)?.event).toBe(ProviderEvents.Ready)
    expect(await program.details('serial')).toMatchObject({ value: 'parallel', reason: 'STATIC' })
  })

  it.each([
    ['is torn', '{"agent":"planner","envir'],
    [
      'is of another agent',
      JSON.stringify({ agent: 'x', environment: 'production', ...snapshot(9, 'parallel') }),
    ],
    [
      'holds something else',
      JSON.stringify({ agent: 'planner', environment: 'production', revision: 'nine' }),
    ],
  ])('does without a file that %s, and says so', async (_, text) => {
    const modeFile = path.join(folder, 'mode.json')
    await writeFile(modeFile, text)
    const codes: string[] = []
    const onDiagnostic = ({ code }: { code: string }) => codes.push(code)
    const program = open({ url: NOWHERE, modeFile, bootstrap: snapshot(5, 'serial'), onDiagnostic })
    await program.ready
    expect((await program.details()).value).toBe('serial')
    expect(codes).toContain('mode-file')
  })

  it('lasts no longer than the server: its first word counts, whatever was kept', async () => {
    farEnd.flip([{ mode: 'reads-only' }], 3)
    const program = open({ bootstrap: snapshot(8, 'serial') })
    await program.ready
    expect(await program.details()).toMatchObject({ value: 'reads-only', flagMetadata: { revision: 3 } })
  })
})

describe('a file that cannot be written', () => {
  it('costs nothing but the memory', async () => {
    await writeFile(path.join(folder, 'taken'), '')
    const codes: string[] = []
    const onDiagnostic = ({ code }: { code: string }) => codes.push(code)
    const program = open({ modeFile: path.join(folder, 'taken', 'mode.json'), onDiagnostic })
    await program.ready
    farEnd.flip([{ mode: 'serial' }])
    await program.hear(ProviderEvents.ConfigurationChanged)
    expect((await program.details()).value).toBe('serial')
    expect(codes).toContain('mode-file')
  })
})

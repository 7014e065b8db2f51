import { type Client, type JsonValue, OpenFeature } from '@openfeature/server-sdk'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FarEnd } from '../far-end.test-util.ts'
import { ParascopeProvider } from '../openfeature.ts'

/*
 * The scenarios of OpenFeature's own suite for evaluations (open-feature/spec, assets/gherkin/evaluation.feature
 * and evaluation_v2.feature), written out for the flags that there are here: one of each type. JavaScript has one
 * type for both kinds of numbers.
 */

const FLAG = 'parallel-tool-calls'
const ALLOWED = `${FLAG}.allowed`
const REVISION = `${FLAG}.revision`
const TOOLS = `${FLAG}.tools`

let farEnd: FarEnd
let client: Client
let domains = 0

async function start(): Promise<void> {
  const domain = `evaluation-${domains++}`
  const provider = new ParascopeProvider({ url: farEnd.url, agent: 'planner', environment: 'production' })
  await OpenFeature.setProviderAndWait(domain, provider)
  client = OpenFeature.getClient(domain)
}

beforeEach(async () => {
  farEnd = await FarEnd.open()
})
afterEach(async () => {
  await OpenFeature.clearProviders()
  await farEnd.close()
})

describe('basic evaluation', () => {
  it('resolves a boolean value', async () => {
    await start()
    expect(await client.getBooleanValue(ALLOWED, false)).toBe(true)
  })

  it('resolves a string value', async () => {
    await start()
    expect(await client.getStringValue(FLAG, 'bye')).toBe('parallel')
  })

  it('resolves a number value', async () => {
    farEnd.revision = 10
    await start()
    expect(await client.getNumberValue(REVISION, 1)).toBe(10)
  })

  it('resolves an object value, with a null default too', async () => {
    farEnd.rules = [
      { mode: 'serial', tool: 'refund' },
      { mode: 'reads-only', tool: 'search' },
    ]
    await start()
    const value = { refund: 'serial', search: 'reads-only' }
    expect(await client.getObjectValue(TOOLS, {})).toEqual(value)
    expect(await client.getObjectValue(TOOLS, null)).toEqual(value)
  })
})

describe('detailed evaluation', () => {
  it.each<[string, (client: Client) => Promise<unknown>, JsonValue, string]>([
    [ALLOWED, (it) => it.getBooleanDetails(ALLOWED, false), true, 'on'],
    [FLAG, (it) => it.getStringDetails(FLAG, 'bye'), 'parallel', 'parallel'],
    [REVISION, (it) => it.getNumberDetails(REVISION, 1), 10, 'r10'],
    [TOOLS, (it) => it.getObjectDetails(TOOLS, null), {}, 'none'],
  ])('has value, key, variant and reason: %s', async (flagKey, evaluate, value, variant) => {
    farEnd.revision = 10
    await start()
    const details = { flagKey, value, variant, reason: 'STATIC', flagMetadata: { revision: 10 } }
    expect(await evaluate(client)).toEqual(details)
  })

  it('resolves values that count for nothing as values, by targeting', async () => {
    farEnd.revision = 0
    farEnd.rules = [{ mode: 'serial', agent: 'planner' }]
    await start()
    const match = { reason: 'TARGETING_MATCH', flagMetadata: { revision: 0, rule_id: 'rule0' } }
    expect(await client.getBooleanDetails(ALLOWED, true)).toMatchObject({ value: false, ...match })
    expect(await client.getStringDetails(FLAG, 'hi')).toMatchObject({ value: 'serial', ...match })
    expect(await client.getNumberDetails(REVISION, 1)).toMatchObject({ value: 0, reason: 'STATIC' })
    expect(await client.getObjectDetails(TOOLS, { a: 1 })).toMatchObject({ value: {}, reason: 'DEFAULT' })
  })
})

describe('context-aware evaluation', () => {
  it('follows the context, and the default when it is empty or says nothing', async () => {
    farEnd.rules = [{ mode: 'serial', tool: 'refund' }]
    await start()
    const details = (context: Parameters<Client['getStringDetails']>[2]) =>
      client.getStringDetails(FLAG, 'EXTERNAL', context)
    expect(await details({ tool: 'refund' })).toMatchObject({ value: 'serial', reason: 'TARGETING_MATCH' })
    const otherwise = { value: 'parallel', reason: 'DEFAULT' }
    expect(await details({})).toMatchObject(otherwise)
    expect(await details({ tool: null })).toMatchObject(otherwise)
    expect(await details({ fn: 'Sulisław', ln: 'Świętopełk', age: 29 })).toMatchObject(otherwise)
  })

  it('gives each run what its hash gives it', async () => {
    farEnd.rules = [{ mode: 'serial', percentage: 50 }]
    await start()
    const modes = new Set<string>()
    for (let i = 0; i < 50; i++) {
      const context = { targetingKey: `run-${i}` }
      const first = await client.getStringDetails(FLAG, 'default', context)
      expect(first.reason).toBe('SPLIT')
      expect(await client.getStringValue(FLAG, 'default', context)).toBe(first.value)
      modes.add(first.value)
    }
    expect(modes).toEqual(new Set(['serial', 'parallel']))
  })
})

describe('errors', () => {
  it.each<[string, (client: Client, key: string) => Promise<unknown>, JsonValue]>([
    ['boolean', (it, key) => it.getBooleanDetails(key, false), false],
    ['string', (it, key) => it.getStringDetails(key, 'uh-oh'), 'uh-oh'],
    ['number', (it, key) => it.getNumberDetails(key, 0.1), 0.1],
    ['object', (it, key) => it.getObjectDetails(key, { a: 1 }), { a: 1 }],
  ])('a %s flag that is not there, or of another type, is its default', async (type, evaluate, value) => {
    await start()
    const failed = (errorCode: string) => ({ value, reason: 'ERROR', errorCode })
    expect(await evaluate(client, 'missing-flag')).toMatchObject(failed('FLAG_NOT_FOUND'))
    expect(await evaluate(client, 'toString')).toMatchObject(failed('FLAG_NOT_FOUND'))
    const wrong = type === 'string' ? ALLOWED : FLAG
    expect(await evaluate(client, wrong)).toMatchObject(failed('TYPE_MISMATCH'))
  })

  it('are the default where the run is needed and not named, and only there', async () => {
    farEnd.rules = [{ mode: 'serial', percentage: 50 }]
    await start()
    const details = await client.getStringDetails(FLAG, 'serial')
    expect(details).toMatchObject({ value: 'serial', errorCode: 'TARGETING_KEY_MISSING' })
    expect(await client.getNumberValue(REVISION, -1)).toBe(1)
  })

  it.each([[{ tool: 7 }], [{ targetingKey: 'run-1', agent: 'another' }], [{ environment: 'staging' }]])(
    'are the default for a context that cannot be answered here: %j',
    async (context) => {
      await start()
      const details = await client.getStringDetails(FLAG, 'serial', context as Record<string, string>)
      expect(details).toMatchObject({ value: 'serial', errorCode: 'INVALID_CONTEXT' })
    },
  )

  it('take a context that names this very agent and environment', async () => {
    await start()
    const context = { agent: 'planner', environment: 'production' }
    expect(await client.getStringValue(FLAG, 'serial', context)).toBe('parallel')
  })
})

describe('a provider that is not ready', () => {
  let domain: string
  beforeAll(() => {
    domain = `evaluation-${domains++}`
  })
  afterAll(() => OpenFeature.clearProviders())

  it.each<[string, (client: Client) => Promise<unknown>, JsonValue]>([
    ['boolean', (it) => it.getBooleanDetails(ALLOWED, false), false],
    ['string', (it) => it.getStringDetails(FLAG, 'bye'), 'bye'],
    ['number', (it) => it.getNumberDetails(REVISION, 0.1), 0.1],
    ['object', (it) => it.getObjectDetails(TOOLS, { a: 1 }), { a: 1 }],
  ])('gives the default of a %s flag', async (_, evaluate, value) => {
    // A server that lets everybody wait.
    farEnd.onStream = () => {}
    const provider = new ParascopeProvider({ url: farEnd.url, agent: 'planner', readyTimeoutMs: 200 })
    OpenFeature.setProvider(domain, provider)
    const details = await evaluate(OpenFeature.getClient(domain))
    expect(details).toMatchObject({ value, reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' })
  })
})

import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk'
import { ParascopeProvider } from '@parascope/sdk/openfeature'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { putRules } from './testing/put-rules.ts'
import { waitUntil } from './testing/wait-until.ts'

/* The provider of the published package, on a real server. */

const FLAG = 'parallel-tool-calls'
let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
  const provider = new ParascopeProvider({ url: server.url, agent: 'kyc', environment: 'production' })
  await OpenFeature.setProviderAndWait('live', provider)
})
afterAll(async () => {
  await OpenFeature.clearProviders()
  await server.stop()
})

describe('the provider of the SDK', () => {
  it('evaluates from memory what an operator has set, and is listed among those who obey it', async () => {
    const client = OpenFeature.getClient('live')
    const revisions: unknown[] = []
    client.addHandler(ProviderEvents.ConfigurationChanged, (details) => {
      revisions.push(details?.metadata?.revision)
    })
    const { revision, rules } = await putRules(server.client, [
      { mode: 'serial', agent: 'kyc' },
      { mode: 'reads-only', agent: 'another' },
    ])
    await waitUntil('it has heard', () => revisions.includes(revision))
    expect(await client.getStringDetails(FLAG, 'parallel', { targetingKey: 'run-1' })).toMatchObject({
      value: 'serial',
      reason: 'TARGETING_MATCH',
      flagMetadata: { revision, rule_id: rules[0]?.id },
    })
    const standing = () => server.runtime.listExecutors().executors
    await waitUntil('its word has come', () =>
      standing().some(({ agent, applied_revision }) => agent === 'kyc' && applied_revision === revision),
    )
  })

  it('says what the server says by OFREP, for every run', async () => {
    const client = OpenFeature.getClient('live')
    const { revision } = await putRules(server.client, [{ mode: 'serial', percentage: 40 }])
    await waitUntil(
      'it has heard',
      async () => (await client.getNumberValue(`${FLAG}.revision`, -1)) === revision,
    )
    for (let i = 0; i < 50; i++) {
      const context = { targetingKey: `run-${i}`, agent: 'kyc', environment: 'production' }
      const answer = await server.client.ask(`/ofrep/v1/evaluate/flags/${FLAG}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ context }),
      })
      const { value, reason } = answer.json as { value: string; reason: string }
      expect(await client.getStringDetails(FLAG, 'default', context)).toMatchObject({ value, reason })
    }
  })
})

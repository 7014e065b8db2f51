import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of the Anthropic SDK are what its tools saw', () => {
  it('by the spans of its own, with contents', () =>
    expectTrueBatches(
      server,
      { agent: 'anthropic', variant: 'content', environment: 'content' },
      { unnamed: true },
    ))

  it('by the spans of its own, without contents', () =>
    expectTrueBatches(
      server,
      { agent: 'anthropic', variant: 'metadata', environment: 'metadata' },
      { unnamed: true, unordered: true },
    ))

  it('with OpenInference', () =>
    expectTrueBatches(server, { agent: 'anthropic-openinference', variant: 'once', environment: 'once' }))

  it('with both at once', () =>
    expectTrueBatches(server, {
      agent: 'anthropic-openinference',
      variant: 'told-twice',
      environment: 'told-twice',
    }))
})

import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of the AI SDK are what its tools saw', () => {
  it('when the answer comes whole', () =>
    expectTrueBatches(server, { agent: 'ai-sdk', variant: 'generate', environment: 'generate' }))

  it('when the answer is streamed', () =>
    expectTrueBatches(server, { agent: 'ai-sdk', variant: 'stream', environment: 'stream' }))

  it('when the exporter writes JSON', () =>
    expectTrueBatches(server, {
      agent: 'ai-sdk',
      variant: 'generate',
      environment: 'json',
      protocol: 'http/json',
    }))

  it('when each span is sent as it ends', () =>
    expectTrueBatches(server, {
      agent: 'ai-sdk',
      variant: 'stream',
      environment: 'one-by-one',
      oneByOne: true,
    }))

  it('with the spans of earlier versions', () =>
    expectTrueBatches(server, { agent: 'ai-sdk', variant: 'legacy', environment: 'legacy' }))
})

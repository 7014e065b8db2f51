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
    expectTrueBatches(
      server,
      { agent: 'ai-sdk', variant: 'generate', environment: 'whole' },
      { agent: 'refund-agent' },
    ))

  it('when the answer is streamed', () =>
    expectTrueBatches(
      server,
      { agent: 'ai-sdk', variant: 'stream', environment: 'streamed' },
      { agent: 'refund-agent' },
    ))

  it('when the exporter writes JSON', () =>
    expectTrueBatches(
      server,
      { agent: 'ai-sdk', variant: 'generate', environment: 'json', protocol: 'http/json' },
      { agent: 'refund-agent' },
    ))
})

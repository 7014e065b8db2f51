import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of the OpenAI SDK with OpenLLMetry are what the model asked for', () => {
  it('and tell no times, for nothing watches the tools', () =>
    expectTrueBatches(
      server,
      { agent: 'openai-traceloop', variant: 'whole', environment: 'whole' },
      { unnamed: true, untimed: true },
    ))

  it('also when the answer is streamed', () =>
    expectTrueBatches(
      server,
      { agent: 'openai-traceloop', variant: 'stream', environment: 'stream' },
      { unnamed: true, untimed: true, uncounted: true },
    ))
})

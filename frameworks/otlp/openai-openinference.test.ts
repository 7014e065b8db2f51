import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of the OpenAI SDK with OpenInference are what its tools saw', () => {
  it('when the calls run at once', () =>
    expectTrueBatches(server, {
      agent: 'openai-openinference',
      variant: 'parallel',
      environment: 'parallel',
    }))

  it('when they run one after another', () =>
    expectTrueBatches(server, { agent: 'openai-openinference', variant: 'serial', environment: 'serial' }))

  it('when the answer is streamed', () =>
    expectTrueBatches(
      server,
      { agent: 'openai-openinference', variant: 'stream', environment: 'stream' },
      { uncounted: true },
    ))

  it('and tell no times when nothing watches the tools', () =>
    expectTrueBatches(
      server,
      { agent: 'openai-openinference', variant: 'model-only', environment: 'model-only' },
      { unnamed: true, untimed: true },
    ))
})

import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of Mastra are what its tools saw', () => {
  it('when the answer comes whole', () =>
    expectTrueBatches(server, { agent: 'mastra', variant: 'generate', environment: 'generate' }))

  it('when the answer is streamed', () =>
    expectTrueBatches(server, { agent: 'mastra', variant: 'stream', environment: 'stream' }))
})

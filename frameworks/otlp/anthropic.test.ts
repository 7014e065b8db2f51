import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of the Anthropic SDK are what its tools saw', () => {
  it('with contents', () =>
    expectTrueBatches(server, { agent: 'anthropic', variant: 'content', environment: 'content' }))

  it('and are found by time without contents', () =>
    expectTrueBatches(
      server,
      { agent: 'anthropic', variant: 'metadata', environment: 'metadata' },
      { unordered: true },
    ))
})

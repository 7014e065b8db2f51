import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of Genkit are what its tools saw', () => {
  it('also when a tool that throws ends the run', () =>
    expectTrueBatches(server, { agent: 'genkit', variant: 'flow', environment: 'flow' }))
})

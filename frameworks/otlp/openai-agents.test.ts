import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of the OpenAI Agents SDK are what its tools saw', () => {
  it('with responses', () =>
    expectTrueBatches(server, { agent: 'openai-agents', variant: 'responses', environment: 'responses' }))

  it('with chat completions', () =>
    expectTrueBatches(server, { agent: 'openai-agents', variant: 'chat', environment: 'chat' }))
})

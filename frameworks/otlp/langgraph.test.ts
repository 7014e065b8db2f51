import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of LangChain and LangGraph are what their tools saw', () => {
  it('in a graph with a ToolNode', () =>
    expectTrueBatches(
      server,
      { agent: 'langgraph', variant: 'graph', environment: 'graph' },
      { unnamed: true, lateStarts: true },
    ))

  it("in LangChain's own agent", () =>
    expectTrueBatches(
      server,
      { agent: 'langgraph', variant: 'create-agent', environment: 'create-agent' },
      { lateStarts: true },
    ))

  it('when each span is sent as it ends', () =>
    expectTrueBatches(
      server,
      { agent: 'langgraph', variant: 'create-agent', environment: 'one-by-one', oneByOne: true },
      { lateStarts: true },
    ))
})

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
      { lateStarts: true },
    ))

  it("in LangChain's own agent", () =>
    expectTrueBatches(
      server,
      { agent: 'langgraph', variant: 'create-agent', environment: 'create-agent' },
      { agent: 'refund-agent', lateStarts: true },
    ))

  it('when the exporter writes JSON', () =>
    expectTrueBatches(
      server,
      { agent: 'langgraph', variant: 'graph', environment: 'json', protocol: 'http/json' },
      { lateStarts: true },
    ))
})

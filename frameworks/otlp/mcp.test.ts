import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LocalServer } from '../../tests/testing/local-server.ts'
import { expectTrueBatches, startSpanServer } from './judge.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startSpanServer()
})
afterAll(() => server.stop())

describe('Batches of tools of an MCP server are what the server saw', () => {
  it('when the calls run at once', () =>
    expectTrueBatches(
      server,
      { agent: 'mcp', variant: 'parallel', environment: 'parallel' },
      { unnamed: true },
    ))

  it('when they run one after another', () =>
    expectTrueBatches(server, { agent: 'mcp', variant: 'serial', environment: 'serial' }, { unnamed: true }))
})

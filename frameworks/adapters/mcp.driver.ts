import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { mcpClient } from '../../sdk/src/adapters/mcp.ts'
import type { Driver, Job } from './lab.ts'

/** A client and a server in one process, as two ends of one transport. */
async function connect({ tools }: Job): Promise<Client> {
  const server = new McpServer({ name: 'tools', version: '1.0.0' })
  for (const [name, run] of Object.entries(tools)) {
    server.registerTool(name, { inputSchema: { n: z.number() } }, async (args, { signal }) => ({
      content: [{ type: 'text', text: String(await run(args, signal)) }],
    }))
  }
  const client = new Client({ name: 'agent', version: '1.0.0' })
  const [near, far] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(far), client.connect(near)])
  return client
}

/** A hand-written loop whose tools are a server's: the answers are what the client gives it for its model. */
export const mcpDriver: Driver = {
  name: 'MCP client',
  async run(job, adapted) {
    const plain = await connect(job)
    const options = { callId: ({ _meta }: { _meta?: object }) => (_meta as { id?: string })?.id }
    const client =
      adapted === null ? plain : mcpClient(adapted.scope, plain, { ...adapted.options, ...options })
    const answerAll = () =>
      Promise.all(
        job.calls.map(({ callId, tool, args }) =>
          client.callTool({ name: tool, arguments: args, _meta: { id: callId } }).catch(String),
        ),
      )
    const turn = { runId: 'conversation-17', turn: 1, emittedCalls: job.calls.length }
    const answers = adapted === null ? await answerAll() : await adapted.scope.turn(turn, answerAll)
    await client.close()
    return { answers, failure: null }
  },
}

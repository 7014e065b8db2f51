import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { McpInstrumentation } from '@traceloop/instrumentation-mcp'
import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai'
import OpenAI from 'openai'
import { fetchFromScript } from './openai-api.ts'
import { runLoop, type ToolFunction } from './openai-loop.ts'
import { handleCases, runTool, TOOLS } from './refund.ts'

/*
 * An agent whose tools are those of an MCP server, with OpenLLMetry (Traceloop) watching the model and the client.
 * MCP knows no ids of tool calls: executions are found by their arguments. The recipe:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
 */
const sdk = new NodeSDK()
sdk.start()
new OpenAIInstrumentation().manuallyInstrument(OpenAI)
new McpInstrumentation().manuallyInstrument({ Client })

const openai = new OpenAI({ apiKey: 'none', fetch: fetchFromScript })

function startServer(): McpServer {
  const server = new McpServer({ name: 'shop', version: '1.0.0' })
  for (const { name, description, schema } of TOOLS) {
    server.registerTool(name, { description, inputSchema: schema.shape }, async (args) => ({
      content: [{ type: 'text', text: JSON.stringify(await runTool(name, args)) }],
    }))
  }
  return server
}

async function connect(): Promise<Client> {
  const [near, far] = InMemoryTransport.createLinkedPair()
  await startServer().connect(far)
  const client = new Client({ name: 'refund-agent', version: '1.0.0' })
  await client.connect(near)
  return client
}

async function handle(client: Client): Promise<void> {
  const call = (name: string): ToolFunction => {
    return async (args) => {
      const result = await client.callTool({ name, arguments: args as Record<string, unknown> })
      const [content] = result.content as { text: string }[]
      if (result.isError === true) throw new Error(content?.text)
      return content?.text
    }
  }
  await runLoop(openai, new Map(TOOLS.map(({ name }) => [name, call(name)])), {
    serial: process.argv[2] === 'serial',
    streamed: false,
  })
}

await handleCases(
  () =>
    trace.getTracer('refund').startActiveSpan('refund-agent', async (span) => {
      // Connected within the run: what connects elsewhere has its calls in a trace apart from the model's.
      const client = await connect()
      await handle(client)
      await client.close()
      span.end()
    }),
  () => sdk.shutdown(),
)

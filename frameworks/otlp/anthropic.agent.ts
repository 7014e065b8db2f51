import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { fetchFromScript } from './anthropic-api.ts'
import { handleCases, QUESTION, runTool, TOOLS } from './refund.ts'

/*
 * The Anthropic SDK's tool runner, with the spans that the SDK writes itself. Without contents its spans tell the
 * tools and the ids, but not what the model asked for. The recipe:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
 */
const sdk = new NodeSDK()
sdk.start()
const client = new Anthropic({
  apiKey: 'none',
  fetch: fetchFromScript,
  openTelemetry: { traces: { contentMode: process.argv[2] === 'metadata' ? 'metadata_only' : 'content' } },
})

const tools = TOOLS.map(({ name, description, schema }) =>
  betaZodTool({
    name,
    description,
    inputSchema: schema,
    run: async (args) => JSON.stringify(await runTool(name, args)),
  }),
)

await handleCases(
  async () =>
    await client.beta.messages.toolRunner({
      model: 'scripted-1',
      max_tokens: 1024,
      messages: [{ role: 'user', content: QUESTION }],
      tools,
    }),
  () => sdk.shutdown(),
)

import { OpenAIAgentsInstrumentation } from '@arizeai/openinference-instrumentation-openai-agents'
import * as agents from '@openai/agents'
import { NodeSDK } from '@opentelemetry/sdk-node'
import OpenAI from 'openai'
import { fetchFromScript } from './openai-api.ts'
import { handleCases, QUESTION, runTool, TOOLS } from './refund.ts'

/*
 * The OpenAI Agents SDK with OpenInference. The recipe:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
 */
const sdk = new NodeSDK()
sdk.start()
new OpenAIAgentsInstrumentation().manuallyInstrument(agents)

const client = new OpenAI({ apiKey: 'none', fetch: fetchFromScript })
const agent = new agents.Agent({
  name: 'refund-agent',
  instructions: 'Handle refunds.',
  model:
    process.argv[2] === 'chat'
      ? new agents.OpenAIChatCompletionsModel(client, 'scripted-1')
      : new agents.OpenAIResponsesModel(client, 'scripted-1'),
  tools: TOOLS.map(({ name, description, schema }) =>
    agents.tool({ name, description, parameters: schema, execute: (args) => runTool(name, args) }),
  ),
})

await handleCases(
  () => agents.run(agent, QUESTION),
  () => sdk.shutdown(),
)

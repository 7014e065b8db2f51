import type { TelemetryWay } from './connect-params.ts'

/*
 * What makes each framework tell its spans. Every line of code, and every package, is part of an agent in
 * frameworks/otlp that is run against a real server: a test holds the two together.
 */

/** How one framework is made to export. */
export interface Recipe {
  /** The agent that is run in tests with these lines. */
  readonly tested: string
  readonly packages: readonly string[]
  /** What has to be switched on, and what is seen then. */
  readonly text: string
  readonly code: string
}

const START = `import { NodeSDK } from '@opentelemetry/sdk-node'

const sdk = new NodeSDK()
sdk.start()`

const STOP = `// A program that ends at once sends its last spans first.
await sdk.shutdown()`

/** The recipes by way, for an agent of this name. `agent` is a JavaScript string, with its quotes. */
export function recipeOf(way: Exclude<TelemetryWay, 'otlp'>, agent: string): Recipe {
  return RECIPES[way](agent)
}

const RECIPES: Readonly<Record<Exclude<TelemetryWay, 'otlp'>, (agent: string) => Recipe>> = {
  'vercel-ai': (agent) => ({
    tested: 'ai-sdk.agent.ts',
    packages: ['ai', '@ai-sdk/otel', '@opentelemetry/sdk-node'],
    text: 'Version 7 tells spans once an integration is registered; functionId names the agent. In versions 5 and 6 the switch is experimental_telemetry: { isEnabled: true, functionId } on each call, and no integration is needed.',
    code: `import { OpenTelemetry } from '@ai-sdk/otel'
import { generateText, registerTelemetry } from 'ai'
${START}
registerTelemetry(new OpenTelemetry())

const settings = {
  // model, tools, prompt: as you have them
  telemetry: { functionId: ${agent} },
}
await generateText(settings)

${STOP}`,
  }),
  langgraph: (agent) => ({
    tested: 'langgraph.agent.ts',
    packages: ['@arizeai/openinference-instrumentation-langchain', '@opentelemetry/sdk-node'],
    text: 'OpenInference listens to the callbacks of LangChain and LangGraph; nothing has to be switched on. The name of the compiled graph, or of the agent, is the agent. With LangSmith, LANGSMITH_OTEL_ENABLED=true does the same.',
    code: `import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain'
import * as CallbackManagerModule from '@langchain/core/callbacks/manager'
${START}
new LangChainInstrumentation().manuallyInstrument(CallbackManagerModule)

// Then as you have it: the graph ends with
//   .compile({ name: ${agent} })

${STOP}`,
  }),
  openai: (agent) => ({
    tested: 'openai-openinference.agent.ts',
    packages: [
      '@arizeai/openinference-core',
      '@arizeai/openinference-instrumentation-openai',
      '@opentelemetry/sdk-node',
    ],
    text: 'The SDK calls no tools, so nothing sees them but what wraps them: without traceTool a batch shows what the model asked for, and no times. A failed call is told by a result that begins with "Error: ".',
    code: `import { traceAgent, traceTool } from '@arizeai/openinference-core'
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import OpenAI from 'openai'
${START}
new OpenAIInstrumentation().manuallyInstrument(OpenAI)

// Each of your tools: traceTool(body, { name })
// Your loop: traceAgent(handle, { name: ${agent} })

${STOP}`,
  }),
  'openai-agents': () => ({
    tested: 'openai-agents.agent.ts',
    packages: [
      '@openai/agents',
      '@arizeai/openinference-instrumentation-openai-agents',
      '@opentelemetry/sdk-node',
    ],
    text: 'OpenInference reads the traces that the Agents SDK keeps anyway; nothing has to be switched on. The agent goes by its own name.',
    code: `import { OpenAIAgentsInstrumentation } from '@arizeai/openinference-instrumentation-openai-agents'
import * as agents from '@openai/agents'
${START}
new OpenAIAgentsInstrumentation().manuallyInstrument(agents)

${STOP}`,
  }),
  anthropic: () => ({
    tested: 'anthropic.agent.ts',
    packages: ['@anthropic-ai/sdk', '@opentelemetry/sdk-node'],
    text: "The SDK writes spans itself, of the model and of the tool runner's tools. Without contentMode they tell the tools and not what the model asked for; of the contents Parascope keeps fingerprints only. A loop of your own needs traceTool, as with the OpenAI SDK.",
    code: `import Anthropic from '@anthropic-ai/sdk'
${START}
const client = new Anthropic({
  openTelemetry: { traces: { contentMode: 'content' } },
})

${STOP}`,
  }),
  mastra: () => ({
    tested: 'mastra.agent.ts',
    packages: ['@mastra/observability', '@mastra/otel-exporter', '@opentelemetry/exporter-trace-otlp-proto'],
    text: 'Mastra has an exporter of its own, which is given to its observability; it takes version and environment as resourceAttributes beside the provider. The agent goes by its own name.',
    code: `import { Mastra } from '@mastra/core/mastra'
import { Observability } from '@mastra/observability'
import { OtelExporter } from '@mastra/otel-exporter'

const endpoint = \`\${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces\`
const protocol = 'http/protobuf'
const observability = new Observability({
  configs: {
    parascope: {
      serviceName: process.env.OTEL_SERVICE_NAME,
      exporters: [
        new OtelExporter({
          provider: { custom: { endpoint, protocol } },
          signals: { logs: false },
        }),
      ],
    },
  },
})
const mastra = new Mastra({ agents: { agent }, observability })`,
  }),
  genkit: (agent) => ({
    tested: 'genkit.agent.ts',
    packages: ['genkit', '@opentelemetry/sdk-node'],
    text: "Genkit's spans go to the OpenTelemetry SDK of the application once it starts none of its own. The name of the flow is the agent.",
    code: `import { disableGenkitOTelInitialization } from 'genkit/tracing'
import { NodeSDK } from '@opentelemetry/sdk-node'

disableGenkitOTelInitialization()
const sdk = new NodeSDK()
sdk.start()

// Then as you have it; the flow names the agent:
//   ai.defineFlow(${agent}, async () => …)

${STOP}`,
  }),
  mcp: () => ({
    tested: 'mcp.agent.ts',
    packages: [
      '@traceloop/instrumentation-mcp',
      '@traceloop/instrumentation-openai',
      '@opentelemetry/sdk-node',
    ],
    text: 'Two instrumentations: one sees the calls of the MCP client, the other the model that asked for them (here that of OpenAI). MCP knows no ids of tool calls: executions are found by their arguments. Connect within the run, so that both are in one trace.',
    code: `import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { McpInstrumentation } from '@traceloop/instrumentation-mcp'
import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai'
import OpenAI from 'openai'
${START}
new OpenAIInstrumentation().manuallyInstrument(OpenAI)
new McpInstrumentation().manuallyInstrument({ Client })

${STOP}`,
  }),
}

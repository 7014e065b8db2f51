import { Agent } from '@mastra/core/agent'
import type { MastraModelConfig } from '@mastra/core/llm'
import { Mastra } from '@mastra/core/mastra'
import { createTool } from '@mastra/core/tools'
import { Observability } from '@mastra/observability'
import { OtelExporter } from '@mastra/otel-exporter'
import { scriptedModel } from './ai-model.ts'
import { handleCases, QUESTION, runTool, TOOLS } from './refund.ts'

/*
 * Mastra, with its own observability and OpenTelemetry exporter. The recipe:
 *
 *   npm install @mastra/observability @mastra/otel-exporter @opentelemetry/exporter-trace-otlp-proto
 */
const endpoint = `${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`
const protocol = process.env.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/json' ? 'http/json' : 'http/protobuf'
const observability = new Observability({
  configs: {
    parascope: {
      serviceName: 'refund-service',
      exporters: [
        new OtelExporter({
          provider: { custom: { endpoint, protocol } },
          resourceAttributes: {
            'service.version': '1.4.2',
            'deployment.environment.name': process.env.DEPLOYED_AS ?? 'production',
          },
          signals: { logs: false },
        }),
      ],
    },
  },
})

const agent = new Agent({
  id: 'refund-agent',
  name: 'refund-agent',
  instructions: 'Handle refunds.',
  // Its copy of the providers' types is older than theirs.
  model: scriptedModel as unknown as MastraModelConfig,
  tools: Object.fromEntries(
    TOOLS.map(({ name, description, schema }) => [
      name,
      createTool({ id: name, description, inputSchema: schema, execute: (args) => runTool(name, args) }),
    ]),
  ),
})
const mastra = new Mastra({ agents: { agent }, observability, logger: false })

await handleCases(
  async () => {
    const ours = mastra.getAgent('agent')
    if (process.argv[2] === 'stream') await (await ours.stream(QUESTION)).text
    else await ours.generate(QUESTION)
  },
  () => mastra.shutdown(),
)

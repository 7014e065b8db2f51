import { LegacyOpenTelemetry, OpenTelemetry } from '@ai-sdk/otel'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { generateText, isStepCount, registerTelemetry, streamText, tool } from 'ai'
import { scriptedModel } from './ai-model.ts'
import { handleCases, QUESTION, runTool, TOOLS } from './refund.ts'

/*
 * AI SDK 7. The recipe:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
 */
const sdk = new NodeSDK()
sdk.start()
registerTelemetry(process.argv[2] === 'legacy' ? new LegacyOpenTelemetry() : new OpenTelemetry())

const settings = {
  model: scriptedModel,
  tools: Object.fromEntries(
    TOOLS.map(({ name, description, schema }) => [
      name,
      tool({ description, inputSchema: schema, execute: (args) => runTool(name, args) }),
    ]),
  ),
  stopWhen: isStepCount(5),
  prompt: QUESTION,
  telemetry: { functionId: 'refund-agent' },
}

await handleCases(
  async () => (process.argv[2] === 'stream' ? await streamText(settings).text : await generateText(settings)),
  () => sdk.shutdown(),
)

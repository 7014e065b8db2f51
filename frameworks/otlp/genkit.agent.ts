import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { genkit, z } from 'genkit'
import { disableGenkitOTelInitialization } from 'genkit/tracing'
import { ANSWER, handleCases, nextTurn, QUESTION, runTool, TOKENS, TOOLS } from './refund.ts'

/*
 * Genkit, whose spans go to the OpenTelemetry SDK of the application. The recipe:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
 */
disableGenkitOTelInitialization()
const sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter() })
sdk.start()

const ai = genkit({})
const model = ai.defineModel({ name: 'scripted/scripted-1' }, async () => {
  const calls = await nextTurn()
  const content =
    calls === null
      ? [{ text: ANSWER }]
      : calls.map(({ callId, tool, args }) => ({ toolRequest: { ref: callId, name: tool, input: args } }))
  return {
    message: { role: 'model' as const, content },
    finishReason: 'stop' as const,
    usage: { inputTokens: TOKENS.input, outputTokens: TOKENS.output },
  }
})
const tools = TOOLS.map(({ name, description, schema }) => {
  // Genkit brings a zod of its own.
  const inputSchema = z.object(Object.fromEntries(Object.keys(schema.shape).map((key) => [key, z.string()])))
  return ai.defineTool({ name, description, inputSchema }, (args) => runTool(name, args))
})
const refund = ai.defineFlow('refund-agent', async () => {
  const { text } = await ai.generate({ model, tools, prompt: QUESTION })
  return text
})

await handleCases(
  // A tool that throws ends a run of Genkit's.
  () => refund().catch(() => ''),
  () => sdk.shutdown(),
)

import { NodeSDK } from '@opentelemetry/sdk-node'
import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai'
import OpenAI from 'openai'
import { fetchFromScript } from './openai-api.ts'
import { runLoop } from './openai-loop.ts'
import { handleCases, runTool, TOOLS } from './refund.ts'

/*
 * The OpenAI SDK with OpenLLMetry (Traceloop), which sees the model and no tools. The recipe:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
 */
const sdk = new NodeSDK()
sdk.start()
new OpenAIInstrumentation().manuallyInstrument(OpenAI)

const client = new OpenAI({ apiKey: 'none', fetch: fetchFromScript })
const functions = new Map(TOOLS.map(({ name }) => [name, (args: unknown) => runTool(name, args)]))

await handleCases(
  () => runLoop(client, functions, { serial: false, streamed: process.argv[2] === 'stream' }),
  () => sdk.shutdown(),
)

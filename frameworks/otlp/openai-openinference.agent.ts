import { traceAgent, traceTool } from '@arizeai/openinference-core'
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { NodeSDK } from '@opentelemetry/sdk-node'
import OpenAI from 'openai'
import { fetchFromScript } from './openai-api.ts'
import { runLoop } from './openai-loop.ts'
import { handleCases, runTool, TOOLS } from './refund.ts'

/*
 * The OpenAI SDK with OpenInference. Nothing sees the tools of a loop written by hand but what wraps them; without
 * `traceTool`, Parascope shows what the model asked for and no times. The recipe:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
 */
const sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter() })
sdk.start()
new OpenAIInstrumentation().manuallyInstrument(OpenAI)

const variant = process.argv[2]
const client = new OpenAI({ apiKey: 'none', fetch: fetchFromScript })
const functions = new Map(
  TOOLS.map(({ name }) => {
    const body = (args: unknown) => runTool(name, args)
    return [name, variant === 'model-only' ? body : traceTool(body, { name })]
  }),
)
const handle = () =>
  runLoop(client, functions, { serial: variant === 'serial', streamed: variant === 'stream' })

await handleCases(variant === 'model-only' ? handle : traceAgent(handle, { name: 'refund-agent' }), () =>
  sdk.shutdown(),
)

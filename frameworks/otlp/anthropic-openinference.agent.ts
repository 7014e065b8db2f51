import Anthropic from '@anthropic-ai/sdk'
import type { MessageParam, ToolResultBlockParam, ToolUseBlock } from '@anthropic-ai/sdk/resources/messages'
import { traceAgent, traceTool } from '@arizeai/openinference-core'
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { z } from 'zod'
import { fetchFromScript } from './anthropic-api.ts'
import { handleCases, QUESTION, runTool, TOOLS } from './refund.ts'

/*
 * A loop over `tool_use` written by hand, with OpenInference: the model by its instrumentation, the tools by what
 * wraps them. The recipe:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
 */
const sdk = new NodeSDK()
sdk.start()
new AnthropicInstrumentation().manuallyInstrument(Anthropic)

// Its own spans tell the same model calls a second time, unless they are switched off.
const client = new Anthropic({
  apiKey: 'none',
  fetch: fetchFromScript,
  openTelemetry: { traces: process.argv[2] === 'told-twice' },
})
const functions = new Map(
  TOOLS.map(({ name }) => [name, traceTool((args: unknown) => runTool(name, args), { name })]),
)
const tools = TOOLS.map(({ name, description, schema }) => ({
  name,
  description,
  input_schema: z.toJSONSchema(schema) as Anthropic.Tool.InputSchema,
}))

async function run({ id, name, input }: ToolUseBlock): Promise<ToolResultBlockParam> {
  const told = { type: 'tool_result', tool_use_id: id } as const
  return (functions.get(name)?.(input) ?? Promise.reject(new Error(`There is no tool ${name}.`))).then(
    (result) => ({ ...told, content: JSON.stringify(result) }),
    (error: Error) => ({ ...told, content: error.message, is_error: true }),
  )
}

async function handle(): Promise<void> {
  const messages: MessageParam[] = [{ role: 'user', content: QUESTION }]
  for (;;) {
    const { content } = await client.messages.create({
      model: 'scripted-1',
      max_tokens: 1024,
      messages,
      tools,
    })
    const calls = content.filter((block) => block.type === 'tool_use')
    if (calls.length === 0) return
    messages.push({ role: 'assistant', content })
    messages.push({ role: 'user', content: await Promise.all(calls.map(run)) })
  }
}

await handleCases(traceAgent(handle, { name: 'refund-agent' }), () => sdk.shutdown())

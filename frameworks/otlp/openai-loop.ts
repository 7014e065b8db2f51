import type OpenAI from 'openai'
import type {
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import { z } from 'zod'
import { QUESTION, TOOLS } from './refund.ts'

export type ToolFunction = (args: unknown) => Promise<unknown>

interface Answer {
  readonly role: 'assistant'
  readonly content: string | null
  readonly tool_calls: ChatCompletionMessageFunctionToolCall[]
}

const tools = TOOLS.map(({ name, description, schema }) => ({
  type: 'function' as const,
  function: { name, description, parameters: z.toJSONSchema(schema) },
}))

async function ask(client: OpenAI, messages: ChatCompletionMessageParam[]): Promise<Answer> {
  const asked = await client.chat.completions.create({ model: 'scripted-1', messages, tools })
  const message = asked.choices[0]?.message
  const calls = message?.tool_calls?.filter((call) => call.type === 'function') ?? []
  return { role: 'assistant', content: message?.content ?? null, tool_calls: calls }
}

/** The same, with the calls put together from their pieces. */
async function askStreamed(client: OpenAI, messages: ChatCompletionMessageParam[]): Promise<Answer> {
  const pieces = await client.chat.completions.create({ model: 'scripted-1', messages, tools, stream: true })
  const calls: ChatCompletionMessageFunctionToolCall[] = []
  let content = ''
  for await (const { choices } of pieces) {
    content += choices[0]?.delta.content ?? ''
    for (const { index, id, function: piece } of choices[0]?.delta.tool_calls ?? []) {
      calls[index] ??= {
        id: id ?? '',
        type: 'function',
        function: { name: piece?.name ?? '', arguments: '' },
      }
      calls[index].function.arguments += piece?.arguments ?? ''
    }
  }
  return { role: 'assistant', content, tool_calls: calls }
}

/** The loop that people write by hand: asks, runs what was asked for, answers, until the model has nothing to ask. */
export async function runLoop(
  client: OpenAI,
  functions: ReadonlyMap<string, ToolFunction>,
  how: { readonly serial: boolean; readonly streamed: boolean },
): Promise<void> {
  const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: QUESTION }]
  for (;;) {
    const answer = await (how.streamed ? askStreamed : ask)(client, messages)
    const calls = answer.tool_calls
    if (calls.length === 0) return
    messages.push(answer)
    const run = async ({ id, function: { name, arguments: text } }: (typeof calls)[number]) => {
      const content = await functions
        .get(name)?.(JSON.parse(text))
        .then(
          (result) => JSON.stringify(result),
          (error: Error) => `Error: ${error.message}`,
        )
      return { role: 'tool' as const, tool_call_id: id, content: content ?? `There is no tool ${name}.` }
    }
    if (how.serial) for (const call of calls) messages.push(await run(call))
    else messages.push(...(await Promise.all(calls.map(run))))
  }
}

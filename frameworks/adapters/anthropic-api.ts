import { Readable } from 'node:stream'
import type { PlannedCall } from './lab.ts'

/** A model behind Anthropic's API, for clients that take a `fetch`: whole messages, and streamed ones. */
export class ScriptedApi {
  /** The tool results that it was answered. */
  answers: readonly unknown[] = []
  /** Called before a streamed block but the first is sent. */
  beforeBlock: () => Promise<void> = async () => {}
  readonly #calls: readonly PlannedCall<object>[]

  constructor(calls: readonly PlannedCall<object>[]) {
    this.#calls = calls
  }

  readonly fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const asked = JSON.parse(String(init?.body)) as {
      readonly stream?: boolean
      readonly messages: readonly { readonly content: unknown }[]
    }
    const last = asked.messages.at(-1)?.content
    this.answers = Array.isArray(last) ? last.filter(({ type }) => type === 'tool_result') : []
    const isDone = this.answers.length > 0
    const message = {
      id: `msg_${asked.messages.length}`,
      type: 'message',
      role: 'assistant',
      model: 'scripted-1',
      content: isDone ? [{ type: 'text', text: 'Done.', citations: null }] : this.#calls.map(toBlock),
      stop_reason: isDone ? 'end_turn' : 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 210, output_tokens: 96 },
    }
    if (asked.stream !== true) return Response.json(message)
    return new Response(Readable.toWeb(Readable.from(this.#events(message))) as BodyInit, {
      headers: { 'content-type': 'text/event-stream' },
    })
  }

  async *#events(message: {
    content: object[]
    stop_reason: string
    usage: object
  }): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder()
    const event = (data: { type: string }) =>
      encoder.encode(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
    yield event({ type: 'message_start', message: { ...message, content: [], stop_reason: null } } as never)
    for (const [index, block] of message.content.entries()) {
      if (index > 0) await this.beforeBlock()
      const { input, text } = block as { input?: object; text?: string }
      const start = input === undefined ? { ...block, text: '' } : { ...block, input: {} }
      yield event({ type: 'content_block_start', index, content_block: start } as never)
      const json = JSON.stringify(input)
      const deltas =
        input === undefined
          ? [{ type: 'text_delta', text }]
          : [json.slice(0, 4), json.slice(4)].map((part) => ({
              type: 'input_json_delta',
              partial_json: part,
            }))
      for (const delta of deltas) yield event({ type: 'content_block_delta', index, delta } as never)
      yield event({ type: 'content_block_stop', index } as never)
    }
    const { stop_reason, usage } = message
    yield event({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage } as never)
    yield event({ type: 'message_stop' })
  }
}

const toBlock = ({ callId, tool, args }: PlannedCall<object>) => ({
  type: 'tool_use',
  id: callId,
  name: tool,
  input: args,
})

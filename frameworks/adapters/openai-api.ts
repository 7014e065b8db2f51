import type { PlannedCall } from './lab.ts'

/*
 * A model behind OpenAI's API, for clients that take a `fetch`: chat completions, whole and streamed, and
 * responses. It emits the calls once, and says that it is done when it is answered.
 */

const MODEL = 'scripted-1'

interface Asked {
  readonly stream?: boolean
  readonly messages?: readonly { readonly role: string }[]
  readonly input?: readonly { readonly type?: string }[]
}

export class ScriptedApi {
  /** What it was answered: tool messages, or outputs of function calls. */
  answers: readonly unknown[] = []
  readonly #calls: readonly PlannedCall<object>[]

  constructor(calls: readonly PlannedCall<object>[]) {
    this.#calls = calls
  }

  readonly fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const path = new URL(url instanceof Request ? url.url : url).pathname
    const asked = JSON.parse(String(init?.body)) as Asked
    this.answers = path.endsWith('/responses')
      ? (Array.isArray(asked.input) ? asked.input : []).filter(({ type }) => type === 'function_call_output')
      : (asked.messages ?? []).filter(({ role }) => role === 'tool')
    const calls = this.answers.length > 0 ? null : this.#calls
    if (path.endsWith('/responses')) return Response.json(response(calls))
    if (asked.stream !== true) return Response.json(completion(calls))
    const events = [...chunks(calls).map((chunk) => JSON.stringify(chunk)), '[DONE]']
    return new Response(events.map((event) => `data: ${event}\n\n`).join(''), {
      headers: { 'content-type': 'text/event-stream' },
    })
  }
}

const head = { id: 'chatcmpl-1', created: 1_790_000_000, model: MODEL }

const toolCalls = (calls: readonly PlannedCall<object>[]) =>
  calls.map(({ callId, tool, args }) => ({
    id: callId,
    type: 'function',
    function: { name: tool, arguments: JSON.stringify(args) },
  }))

function completion(calls: readonly PlannedCall<object>[] | null): object {
  const message =
    calls === null
      ? { role: 'assistant', content: 'Done.', refusal: null }
      : { role: 'assistant', content: null, refusal: null, tool_calls: toolCalls(calls) }
  const finish = calls === null ? 'stop' : 'tool_calls'
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: { prompt_tokens: 210, completion_tokens: 96, total_tokens: 306 },
  }
}

/** As the API streams it: each call's name first, its arguments in two pieces. */
function chunks(calls: readonly PlannedCall<object>[] | null): object[] {
  const frame = (delta: object, finish: string | null = null) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  })
  const pieces = toolCalls(calls ?? []).flatMap(
    ({ id, type, function: { name, arguments: text } }, index) => [
      frame({ tool_calls: [{ index, id, type, function: { name, arguments: '' } }] }),
      frame({ tool_calls: [{ index, function: { arguments: text.slice(0, 4) } }] }),
      frame({ tool_calls: [{ index, function: { arguments: text.slice(4) } }] }),
    ],
  )
  return [
    frame({ role: 'assistant', content: calls === null ? '' : null }),
    ...(calls === null ? [frame({ content: 'Done.' })] : pieces),
    frame({}, calls === null ? 'stop' : 'tool_calls'),
  ]
}

function response(calls: readonly PlannedCall<object>[] | null): object {
  const text = { type: 'output_text', text: 'Done.', annotations: [], logprobs: [] }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [text] }
  return {
    id: 'resp_1',
    object: 'response',
    created_at: head.created,
    status: 'completed',
    model: MODEL,
    output: calls?.map(toItem) ?? [message],
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage: {
      input_tokens: 210,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 96,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 306,
    },
  }
}

const toItem = ({ callId, tool, args }: PlannedCall<object>) => ({
  id: `fc_${callId}`,
  type: 'function_call',
  status: 'completed',
  call_id: callId,
  name: tool,
  arguments: JSON.stringify(args),
})

import { randomBytes } from 'node:crypto'
import { ANSWER, nextTurn, type PlannedCall, TOKENS } from './refund.ts'

/*
 * The model as OpenAI's API would tell it, for clients that take a `fetch`: chat completions, whole and streamed,
 * and responses.
 */

const MODEL = 'scripted-1'
let answers = 0

function completion(calls: readonly PlannedCall[] | null): Record<string, unknown> {
  const message = {
    role: 'assistant',
    content: calls === null ? ANSWER : null,
    refusal: null,
    ...(calls === null
      ? {}
      : {
          tool_calls: calls.map(({ callId, tool, args }) => ({
            id: callId,
            type: 'function',
            function: { name: tool, arguments: JSON.stringify(args) },
          })),
        }),
  }
  return {
    id: `chatcmpl-${answers}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: MODEL,
    choices: [{ index: 0, message, logprobs: null, finish_reason: calls === null ? 'stop' : 'tool_calls' }],
    usage: {
      prompt_tokens: TOKENS.input,
      completion_tokens: TOKENS.output,
      total_tokens: TOKENS.input + TOKENS.output,
    },
  }
}

/** As the API streams it: each call's name first, its arguments in two pieces, usage at the end. */
function completionChunks(calls: readonly PlannedCall[] | null): Record<string, unknown>[] {
  const frame = (delta: object, finish: string | null = null) => ({
    id: `chatcmpl-${answers}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: MODEL,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  })
  const pieces = (calls ?? []).flatMap(({ callId, tool, args }, index) => {
    const text = JSON.stringify(args)
    return [
      { index, id: callId, type: 'function', function: { name: tool, arguments: '' } },
      { index, function: { arguments: text.slice(0, 7) } },
      { index, function: { arguments: text.slice(7) } },
    ].map((call) => frame({ tool_calls: [call] }))
  })
  return [
    frame({ role: 'assistant', content: calls === null ? '' : null }),
    ...(calls === null ? [frame({ content: ANSWER })] : pieces),
    frame({}, calls === null ? 'stop' : 'tool_calls'),
    {
      ...frame({}),
      choices: [],
      usage: {
        prompt_tokens: TOKENS.input,
        completion_tokens: TOKENS.output,
        total_tokens: TOKENS.input + TOKENS.output,
      },
    },
  ]
}

function response(calls: readonly PlannedCall[] | null): Record<string, unknown> {
  const text = { type: 'output_text', text: ANSWER, annotations: [], logprobs: [] }
  return {
    id: `resp_${answers}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'completed',
    model: MODEL,
    output:
      calls === null
        ? [{ id: `msg_${answers}`, type: 'message', role: 'assistant', status: 'completed', content: [text] }]
        : calls.map(({ callId, tool, args }) => ({
            id: `fc_${randomBytes(12).toString('hex')}`,
            type: 'function_call',
            status: 'completed',
            call_id: callId,
            name: tool,
            arguments: JSON.stringify(args),
          })),
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage: {
      input_tokens: TOKENS.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: TOKENS.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: TOKENS.input + TOKENS.output,
    },
  }
}

/** Answers what an OpenAI client asks. */
export async function fetchFromScript(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const path = new URL(url instanceof Request ? url.url : url).pathname
  const asked = JSON.parse(String(init?.body)) as { readonly stream?: boolean }
  const calls = await nextTurn()
  answers += 1
  if (path.endsWith('/responses')) return Response.json(response(calls))
  if (asked.stream !== true) return Response.json(completion(calls))
  const events = [...completionChunks(calls).map((chunk) => JSON.stringify(chunk)), '[DONE]']
  return new Response(events.map((event) => `data: ${event}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })
}

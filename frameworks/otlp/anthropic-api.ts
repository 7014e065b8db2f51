import { ANSWER, nextTurn, TOKENS } from './refund.ts'

let answers = 0

/** Answers what an Anthropic client asks, for clients that take a `fetch`. */
export async function fetchFromScript(): Promise<Response> {
  const calls = await nextTurn()
  answers += 1
  return Response.json({
    id: `msg_${answers}`,
    type: 'message',
    role: 'assistant',
    model: 'scripted-1',
    content:
      calls === null
        ? [{ type: 'text', text: ANSWER, citations: null }]
        : calls.map(({ callId, tool, args }) => ({ type: 'tool_use', id: callId, name: tool, input: args })),
    stop_reason: calls === null ? 'end_turn' : 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: TOKENS.input, output_tokens: TOKENS.output },
  })
}

import type { ModeRuleInput, ModeState } from '#lib/contract/mode.ts'
import type { HttpClient } from './http-client.ts'

/** Replaces the rules of the mode, whatever they are, and gives back those in force then. */
export async function putRules(client: HttpClient, rules: readonly ModeRuleInput[]): Promise<ModeState> {
  const { json } = await client.ask('/api/v1/mode')
  const { revision } = json as ModeState
  const answer = await client.ask('/api/v1/mode', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ revision, rules, reason: 'a test' }),
  })
  if (answer.status !== 200) throw new Error(`the rules were answered ${answer.status}: ${answer.text}`)
  return answer.json as ModeState
}

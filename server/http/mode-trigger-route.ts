import { Webhook } from 'standardwebhooks'
import { RequestError } from '#ingest/errors.ts'
import { modeTriggerSchema } from '#lib/contract/mode.ts'
import { parseBody, readBody } from './body.ts'
import type { Route } from './context.ts'
import { requireSameOrigin } from './origin.ts'
import { respondJson } from './respond.ts'

const MAX_BODY_BYTES = 64 << 10
const MAX_ID_CHARS = 128
const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

/**
 * `POST /api/v1/mode/trigger`: another alerting system asks to tighten, signed by the Standard Webhooks
 * specification. Nothing of the body is looked at before the signature holds.
 */
export const postModeTrigger: Route = async (req, res, _url, context) => {
  requireSameOrigin(req, context.publicUrl)
  if (context.triggerSecret === null)
    throw new RequestError(
      404,
      'Nobody may tighten the mode from outside: PARASCOPE_TRIGGER_SECRET is not set.',
    )
  const body = (await readBody(req, MAX_BODY_BYTES, context.budget)).toString()
  const headers = Object.fromEntries(HEADERS.map((name) => [name, String(req.headers[name] ?? '')]))
  const id = headers['webhook-id'] ?? ''
  requireSignature(context.triggerSecret, body, headers)
  if (id.length > MAX_ID_CHARS)
    throw new RequestError(400, `\`webhook-id\` is longer than ${MAX_ID_CHARS} characters.`)
  const trigger = parseBody(modeTriggerSchema, parseJson(body))
  const { answer } = await context.writer.triggerMode({ id, trigger }, Date.now())
  respondJson(res, 200, answer)
}

/** Checks the signature, and that the message is not older or newer than five minutes. @throws RequestError 401 */
function requireSignature(secret: string, body: string, headers: Record<string, string>): void {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false })
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read'
    throw new RequestError(401, `The signature does not hold: ${reason}.`)
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new RequestError(400, 'The body is not JSON.')
  }
}

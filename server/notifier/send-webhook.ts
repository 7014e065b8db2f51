import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { performance } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import type { Channel } from '#lib/contract/channels.ts'
import { AddressRefused, createGuardedLookup, requireAllowedHost } from './address-guard.ts'

/** A receiver that needs longer has not taken the message: the specification advises 15 to 30 seconds. */
const TIMEOUT_MS = 15_000
const MAX_REDIRECTS = 3
const MAX_ANSWER_BYTES = 16 << 10
const MAX_ERROR_CHARS = 300

export interface SendPolicy {
  /** Hosts that may be private, lower case. */
  readonly allowedHosts: ReadonlySet<string>
  readonly followRedirects: boolean
}

export interface WebhookMessage {
  readonly id: string
  readonly body: string
  readonly channel: Pick<Channel, 'url' | 'secret'>
}

/** How one attempt went. */
export interface SendResult {
  readonly status: 'delivered' | 'failed' | 'refused'
  readonly httpStatus: number | null
  readonly error: string | null
  readonly retryAfterMs: number | null
  readonly tookMs: number
}

/** Posts a message, signed when the channel has a secret. Never throws: what went wrong is the answer. */
export async function sendWebhook(
  message: WebhookMessage,
  policy: SendPolicy,
  nowMs: number,
): Promise<SendResult> {
  const beganMs = performance.now()
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(message.body)),
    'user-agent': 'Parascope',
    ...sign(message, nowMs),
  }
  try {
    const answer = await post(new URL(message.channel.url), headers, message.body, policy, MAX_REDIRECTS)
    const tookMs = performance.now() - beganMs
    if (answer.status >= 200 && answer.status < 300)
      return { status: 'delivered', httpStatus: answer.status, error: null, retryAfterMs: null, tookMs }
    return {
      status: 'failed',
      httpStatus: answer.status,
      error: answer.error,
      retryAfterMs: answer.retryAfterMs,
      tookMs,
    }
  } catch (error) {
    const status = error instanceof AddressRefused ? 'refused' : 'failed'
    return {
      status,
      httpStatus: null,
      error: describe(error),
      retryAfterMs: null,
      tookMs: performance.now() - beganMs,
    }
  }
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function sign({ id, body, channel }: WebhookMessage, nowMs: number): Record<string, string> {
  if (channel.secret === null) return {}
  const at = new Date(nowMs)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1000)),
    'webhook-signature': new Webhook(channel.secret).sign(id, at, body),
  }
}

interface Answer {
  readonly status: number
  readonly error: string | null
  readonly retryAfterMs: number | null
}

async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  policy: SendPolicy,
  redirectsLeft: number,
): Promise<Answer> {
  requireAllowedHost(url.hostname, policy.allowedHosts)
  const response = await exchange(url, headers, body, policy)
  const status = response.statusCode ?? 0
  const { location } = response.headers
  // 307 and 308 alone keep the method and the body.
  if ((status === 307 || status === 308) && location && policy.followRedirects && redirectsLeft > 0) {
    response.destroy()
    return post(new URL(location, url), headers, body, policy, redirectsLeft - 1)
  }
  const said = await readStart(response)
  return { status, error: explain(status, said, location), retryAfterMs: readRetryAfter(response) }
}

function exchange(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { allowedHosts }: SendPolicy,
): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new AddressRefused(`${url.protocol} is not http or https`)
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers,
      lookup: createGuardedLookup(allowedHosts),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      agent: false,
    }
    request(url, options, resolve).once('error', reject).end(body)
  })
}

/** What a receiver says of its refusal, as far as a person would read it. */
async function readStart(response: IncomingMessage): Promise<string> {
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) response.destroy(new Error('the answer is too long'))
  })
  return text(response).catch((error: unknown) => describe(error))
}

function explain(status: number, said: string, location: string | undefined): string | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400 && location)
    return `answered ${status}, a redirect to ${location.slice(0, MAX_ERROR_CHARS)}, which is not followed`
  const excerpt = said.replace(/\s+/g, ' ').trim().slice(0, MAX_ERROR_CHARS)
  return excerpt === '' ? `answered ${status}` : `answered ${status}: ${excerpt}`
}

function readRetryAfter(response: IncomingMessage): number | null {
  const seconds = Number(response.headers['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, MAX_ERROR_CHARS)
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return `no answer within ${TIMEOUT_MS / 1000} s`
  // Several addresses tried in vain come as one error without words of its own.
  const [first] = error instanceof AggregateError ? error.errors : []
  return (error.message || (first instanceof Error ? first.message : error.name)).slice(0, MAX_ERROR_CHARS)
}

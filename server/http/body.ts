import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { parseUntrusted } from '#ingest/describe-issue.ts'
import { RequestError } from '#ingest/errors.ts'

/** How long a refused request may go on sending before its connection is cut. */
const DISCARD_MS = 2_000

/** Memory that bodies under way may take together; past it senders wait their turn. */
export interface BodyBudget {
  take(bytes: number): boolean
  give(bytes: number): void
}

export function createBodyBudget(maxBytes: number): BodyBudget {
  let used = 0
  return {
    take(bytes) {
      if (used + bytes > maxBytes) return false
      used += bytes
      return true
    },
    give(bytes) {
      used -= bytes
    },
  }
}

/**
 * Reads a body of at most `maxBytes`; the length that a header claims is believed only to refuse it sooner.
 * @throws RequestError 413 when it is larger, 429 when too many bodies are under way, 400 when it breaks off
 */
export async function readBody(req: IncomingMessage, maxBytes: number, budget: BodyBudget): Promise<Buffer> {
  const claimed = Number(req.headers['content-length'])
  if (claimed > maxBytes) throw refuse(req, 413, `The body is larger than ${maxBytes} bytes.`)
  const chunks: Buffer[] = []
  let bytes = 0
  const complete = Promise.withResolvers<void>()
  // Events rather than async iteration, which costs as much as all the rest of a small request.
  req.on('data', (chunk: Buffer) => {
    if (bytes + chunk.byteLength > maxBytes) {
      complete.reject(refuse(req, 413, `The body is larger than ${maxBytes} bytes.`))
    } else if (budget.take(chunk.byteLength)) {
      bytes += chunk.byteLength
      chunks.push(chunk)
    } else complete.reject(refuse(req, 429, 'Too many bodies are under way.'))
  })
  req.once('end', complete.resolve)
  req.once('error', () =>
    complete.reject(new RequestError(400, 'The request broke off before its body was complete.')),
  )
  try {
    await complete.promise
  } finally {
    budget.give(bytes)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

/** A parsed body by its schema. @throws RequestError 400 that names each field at fault */
export function parseBody<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = parseUntrusted(schema, value)
  if (parsed.ok) return parsed.value
  const [{ path, reason }] = parsed.faults
  const detail = path === '' ? `The body ${reason}.` : `\`${path}\` ${reason}.`
  throw new RequestError(400, detail, { faults: parsed.faults })
}

/** Reads a small JSON body. @throws RequestError 400, 413, 415 */
export async function readJson(req: IncomingMessage, maxBytes: number, budget: BodyBudget): Promise<unknown> {
  requireJson(req)
  const body = await readBody(req, maxBytes, budget)
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new RequestError(400, 'The body is not JSON.')
  }
}

/** A browser sends `application/json` to another origin only after asking, so this keeps forms out too. */
export function requireJson(req: IncomingMessage): void {
  const type = (req.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw refuse(
      req,
      415,
      `Content-Type must be application/json${type ? `, not \`${type.slice(0, 80)}\`` : ''}.`,
    )
  }
}

/** The error for a body that is not read to its end: what still comes is thrown away, for a while. */
function refuse(req: IncomingMessage, status: number, detail: string): RequestError {
  req.removeAllListeners('data')
  req.resume()
  const timer = setTimeout(() => req.destroy(), DISCARD_MS)
  req.once('close', () => clearTimeout(timer))
  return new RequestError(status, detail, status === 429 ? { retryAfterS: 1 } : {})
}

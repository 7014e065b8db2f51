import type { ServerResponse } from 'node:http'
import { RequestError, toProblem } from '#ingest/errors.ts'

/** Answers with JSON. Nothing that this server says may be cached. */
export function respondJson(
  res: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(JSON.stringify(value))
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.byteLength,
    'cache-control': 'no-store',
    ...headers,
  })
  res.end(body)
}

/** Answers any error as problem+json; what is not a RequestError is ours, and is logged by the caller. */
export function respondError(res: ServerResponse, error: unknown): void {
  const known =
    error instanceof RequestError
      ? error
      : new RequestError(500, 'Something failed here; the log of the server says what.')
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8' }
  if (known.retryAfterS !== null) headers['retry-after'] = String(known.retryAfterS)
  respondJson(res, known.status, toProblem(known.status, known.message, known.faults), headers)
}

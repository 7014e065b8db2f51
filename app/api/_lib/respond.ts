import { type FieldFault, RequestError, toProblem } from '#ingest/errors.ts'

const NO_STORE = { 'cache-control': 'no-store' }

/** A JSON answer that nobody keeps: the next one may differ. */
export function respondJson(value: unknown): Response {
  return Response.json(value, { headers: NO_STORE })
}

/** An RFC 9457 answer. */
export function respondProblem(status: number, detail: string, faults: readonly FieldFault[] = []): Response {
  return Response.json(toProblem(status, detail, faults), {
    status,
    headers: { ...NO_STORE, 'content-type': 'application/problem+json' },
  })
}

/** The 400 of a query, naming each parameter that is wrong. */
export function respondBadQuery(faults: readonly FieldFault[]): Response {
  const detail = faults.map(({ path, reason }) => `\`${path}\`: ${reason}`).join('; ')
  return respondProblem(400, `${detail}.`, faults)
}

/** Runs a handler; what it throws becomes a problem document, and is logged when it is a fault of ours. */
export async function answer(
  request: Request,
  handle: () => Promise<Response> | Response,
): Promise<Response> {
  try {
    return await handle()
  } catch (error) {
    if (error instanceof RequestError) return respondProblem(error.status, error.message, error.faults)
    logFault(error, request)
    return respondProblem(500, 'The server failed at this; its log says why.')
  }
}

/** One JSON line on standard error, in the manner of the server's own log: routes have no other way to it. */
function logFault(error: unknown, request: Request): void {
  const { method, url } = request
  const err =
    error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) }
  const line = {
    level: 50,
    time: new Date().toISOString(),
    method,
    path: new URL(url).pathname,
    err,
    msg: 'a read failed',
  }
  process.stderr.write(`${JSON.stringify(line)}\n`)
}

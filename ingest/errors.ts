import type { Problem } from '#lib/contract/reads.ts'

/** A fault of a single field, in the words of the sender's document. */
export interface FieldFault {
  readonly path: string
  readonly reason: string
}

/** A request that can't be served. Carries its HTTP status; no status here is a fault of the server's own code. */
export class RequestError extends Error {
  readonly status: number
  readonly faults: readonly FieldFault[]
  readonly retryAfterS: number | null

  constructor(
    status: number,
    detail: string,
    options: { faults?: readonly FieldFault[]; retryAfterS?: number } = {},
  ) {
    super(detail)
    this.name = 'RequestError'
    this.status = status
    this.faults = options.faults ?? []
    this.retryAfterS = options.retryAfterS ?? null
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Body too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  429: 'Too many requests',
  503: 'Not available',
}

/** The RFC 9457 document of an error. */
export function toProblem(status: number, detail: string, faults: readonly FieldFault[] = []): Problem {
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    errors: faults.map(({ path, reason }) => ({ path, reason })),
  }
}

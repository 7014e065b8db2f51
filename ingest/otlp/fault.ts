import type { FieldFault } from '../errors.ts'

/** What is wrong with one field of a request. Caught where the damage can be contained: at the span. */
export class OtlpFault extends Error implements FieldFault {
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path} ${reason}`)
    this.name = 'OtlpFault'
    this.path = path
    this.reason = reason
  }
}

/** The same fault as seen from the message around it; any other error is left as it is. */
export function within(error: unknown, field: string): unknown {
  if (!(error instanceof OtlpFault)) return error
  const { path, reason } = error
  return new OtlpFault(path === '' ? field : `${field}.${path}`, reason)
}

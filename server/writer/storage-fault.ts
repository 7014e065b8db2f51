import { RequestError } from '#ingest/errors.ts'

/** Causes that lie with the disk or the file, that may pass, and in which nothing was acknowledged. */
const STORAGE_CODES = /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|PERM|NOMEM|CORRUPT|NOTADB)/
const RETRY_AFTER_S = 2

/** Causes that a smaller write may escape. */
const ROOM_CODES = /^SQLITE_(FULL|IOERR|NOMEM)/

/** What is wrong with the storage. */
export interface StorageFault {
  /** In words, the state that a person must mend. */
  readonly reason: string
  /** True when it depends on how much is written. */
  readonly needsRoom: boolean
}

/** Null when the error is not of the storage. */
export function describeStorageFault(error: unknown): StorageFault | null {
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string' || !STORAGE_CODES.test(code)) return null
  const reason = `The database cannot be written (${code}: ${(error as Error).message}).`
  return { reason, needsRoom: ROOM_CODES.test(code) }
}

/** What a sender is answered while the storage is at fault: nothing was kept, send it again. */
export function storageUnavailable({ reason }: StorageFault): RequestError {
  return new RequestError(503, `${reason} Nothing of this request was kept; send it again.`, {
    retryAfterS: RETRY_AFTER_S,
  })
}

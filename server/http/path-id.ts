import { RequestError } from '#ingest/errors.ts'

/** The segment of a path that follows another, decoded. @throws RequestError 400 when it is no text */
export function readIdAfter(url: URL, segment: string): string {
  const segments = url.pathname.split('/')
  try {
    return decodeURIComponent(segments[segments.indexOf(segment) + 1] ?? '')
  } catch {
    throw new RequestError(400, 'The id in the path cannot be read.')
  }
}

import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { OtlpRequest } from '#ingest/otlp/pipeline.ts'
import { decode, type RecordedRun, readRuns } from './recordings.ts'
import { createFreshIds, renameIds } from './rename-ids.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))

/** Requests of many spans in one encoding, and how many there are. */
export interface RecordedLoad {
  readonly requests: readonly OtlpRequest[]
  readonly spans: number
}

/**
 * Recorded traffic again and again, each time with ids of its own, as a busy collector forwards it: so many runs a
 * request, in the bytes that their exporters wrote.
 */
export function makeRecordedLoad(
  encoding: 'json' | 'protobuf',
  requests: number,
  runsPerRequest: number,
): RecordedLoad {
  const runs = readRuns(FIXTURES).filter(({ requests: [first] }) => first?.contentType.includes(encoding))
  const fresh = createFreshIds(encoding === 'json' ? 1 : 2)
  let spans = 0
  let next = 0
  const made = Array.from({ length: requests }, (): OtlpRequest => {
    const parts = Array.from({ length: runsPerRequest }, () =>
      renameIds(runs[next++ % runs.length] as RecordedRun, fresh),
    )
    const all = parts.flatMap((run) => run.requests)
    spans += all.reduce((sum, request) => sum + decode(request).spans.length, 0)
    const bodies = all.map(unpack)
    return encoding === 'json'
      ? { body: joinJson(bodies), contentType: 'application/json', contentEncoding: '' }
      : { body: Buffer.concat(bodies), contentType: 'application/x-protobuf', contentEncoding: '' }
  })
  return { requests: made, spans }
}

function unpack({ body, contentEncoding }: OtlpRequest): Buffer {
  return contentEncoding === 'gzip' ? gunzipSync(body) : Buffer.from(body)
}

/** In protobuf one request after another is one request; in JSON their lists are joined. */
function joinJson(bodies: readonly Buffer[]): Buffer {
  const resourceSpans = bodies.flatMap((body) => JSON.parse(body.toString()).resourceSpans)
  return Buffer.from(JSON.stringify({ resourceSpans }))
}

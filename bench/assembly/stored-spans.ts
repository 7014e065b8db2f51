import { readSecret } from '#db/secrets.ts'
import { openForWriting } from '#db/sqlite/open.ts'
import { createFingerprint } from '#ingest/dialects/fingerprint.ts'
import type { OtlpRequest } from '#ingest/otlp/pipeline.ts'
import { encodeFacts, encodeSpanKey } from '#ingest/spans/facts-text.ts'
import { prepareSpans } from '#ingest/spans/prepare.ts'

/** Reads every span back and compares its facts with those of the bytes that were sent. @throws on any difference */
export function expectSpansStored(file: string, requests: readonly OtlpRequest[]): void {
  const db = openForWriting(file)
  const print = createFingerprint(readSecret(db, 'fingerprints'))
  const find = db.prepare('select facts from spans where span_key = ?').pluck()
  let sent = 0
  for (const request of requests) {
    const { spans } = prepareSpans({ ...request, receivedAtMs: 0 }, print, Number.MAX_SAFE_INTEGER)
    sent += spans.length
    for (const { facts } of spans) {
      const stored = find.get(encodeSpanKey(facts))
      if (stored !== encodeFacts(facts)) throw new Error(`span ${facts.spanId} is stored as ${stored}`)
    }
  }
  const count = db.prepare('select count(*) from spans').pluck().get()
  if (count !== sent) throw new Error(`${count} spans are stored for ${sent}`)
  db.close()
}

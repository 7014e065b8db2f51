import { expect } from 'vitest'
import type { OtlpAttributes, OtlpSpan } from '../otlp/span.ts'
import type { SpanFacts } from './facts.ts'
import { createFingerprint } from './fingerprint.ts'
import { spanWith } from './recordings.test-util.ts'
import { isRecognised, normaliseSpan } from './registry.ts'

export const print = createFingerprint('a secret of this test')
export const json = JSON.stringify

/** What the one call of these tests asks for. */
export const ARGS = { order_id: 'A-1042', limit: 2_500 }

/** What is read of a span with these attributes; fails when nothing is. */
export function read(attributes: OtlpAttributes, more: Partial<OtlpSpan> = {}): SpanFacts {
  const facts = normaliseSpan(spanWith(attributes, more), print)
  if (!isRecognised(facts)) throw new Error(`not recognised, for want of ${facts.missing.join(', ')}`)
  return facts
}

/** The same, and it has this role. */
export function readAs<R extends SpanFacts['facts']['role']>(
  role: R,
  attributes: OtlpAttributes,
  more: Partial<OtlpSpan> = {},
) {
  const { facts, dialect } = read(attributes, more)
  expect([dialect, facts.role]).toEqual([dialect, role])
  return facts as Extract<typeof facts, { role: R }>
}

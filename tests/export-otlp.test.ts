import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toExportLine } from '#db/queries/wire-batch.ts'
import { assemble } from '#ingest/assemble/assemble.ts'
import type { AssembledBatch } from '#ingest/assemble/assembled.ts'
import { createFingerprint } from '#ingest/dialects/fingerprint.ts'
import { readRecordings } from '#ingest/dialects/recordings.test-util.ts'
import { isRecognised, normaliseSpan } from '#ingest/dialects/registry.ts'
import { normaliseBatch } from '#ingest/normalise.ts'
import { parseJsonRequest } from '#ingest/otlp/parse-json.ts'
import { measureAssembled } from '#ingest/spans/measure-assembled.ts'
import type { ExportLine } from '#lib/contract/reads.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { hashToHex } from '#lib/otlp/hash-to-hex.ts'
import { toOtlpRequest } from '#lib/otlp/write-batch.ts'
import { wireBatch } from './testing/wire-arbitraries.ts'

const print = createFingerprint('a secret of this test')
const NOW_MS = 1_790_000_000_000

const lineOf = (batch: StoredBatch): ExportLine => JSON.parse(toExportLine(batch))

/** The export of these batches, taken in anew as if another system had written it. */
function takeBack(lines: readonly ExportLine[]): ExportLine[] {
  const spans = lines.flatMap((line) => {
    const { spans: read, rejected } = parseJsonRequest(JSON.parse(JSON.stringify(toOtlpRequest(line))))
    expect(rejected.count).toBe(0)
    return read
  })
  const facts = spans.map((span) => normaliseSpan(span, print))
  expect(facts.every(isRecognised)).toBe(true)
  return assemble(facts.filter(isRecognised)).map(toLine)
}

function toLine(batch: AssembledBatch): ExportLine {
  const arrival = { receivedAtUs: NOW_MS * 1000, revision: 1, isProvisional: false }
  return lineOf(measureAssembled(batch, arrival).batch)
}

/** What OTLP can say of a batch, for comparison. */
function said(line: ExportLine) {
  return {
    batch_id: line.batch_id,
    // Spans that name no run are of the run that is their trace.
    run_id: line.run_id ?? hashToHex(`trace ${line.batch_id}`, 16),
    turn: line.turn,
    agent: line.agent,
    environment: line.environment,
    version: line.version,
    provider: line.provider,
    model: line.model,
    model_ms: line.model_ms,
    tokens: [line.input_tokens, line.output_tokens],
    calls: line.calls
      .map(({ call_id, attempt, tool, start_ms, duration_ms, outcome }) => ({
        call_id,
        attempt,
        tool,
        // A call without times has no span: only that it was emitted is told.
        outcome: start_ms === null ? 'unknown' : outcome,
        start_us: start_ms === null ? null : Math.round((line.started_at + start_ms) * 1000),
        duration_ms,
      }))
      .toSorted((a, b) => (a.call_id < b.call_id ? -1 : 1) || a.attempt - b.attempt),
  }
}

describe.each(readRecordings())('the OTLP export of $name', ({ spans }) => {
  it('gives the same batches where it is taken in', () => {
    const lines = assemble(spans.map((span) => normaliseSpan(span, print)).filter(isRecognised)).map(toLine)
    expect(takeBack(lines).map(said)).toEqual(lines.map(said))
  })
})

/** Names in attributes are read without the white space around them. */
function isTrimmed({ calls, ...line }: ExportLine): boolean {
  const names = [...Object.values(line), ...calls.flatMap(({ call_id, tool }) => [call_id, tool])]
  return names.every((name) => typeof name !== 'string' || name.trim() === name)
}

describe('the OTLP export of batches that were sent', () => {
  const arrival = { receivedAtMs: NOW_MS, sentAtMs: null, source: 'sdk', sdk: null } as const
  const sent = wireBatch.map((batch) => lineOf(normaliseBatch(batch, arrival))).filter(isTrimmed)

  it('keeps who, what, when and how it ended, under the same ids', () => {
    fc.assert(
      fc.property(sent, (line) => {
        const [back, ...others] = takeBack([line])
        expect(others).toEqual([])
        expect(back && said(back)).toEqual(said(line))
      }),
      { numRuns: 500 },
    )
  })
})

describe('the OTLP export of a run', () => {
  it('keeps batches apart that ran at one time with the same counted call ids', () => {
    const batches = ['one', 'two', 'three'].map((batch_id, turn) => ({
      batch_id,
      run_id: 'run',
      turn,
      agent: `agent-${turn}`,
      started_at: NOW_MS + turn,
      calls: ['call_1', 'call_2'].map((call_id) => ({
        call_id,
        tool: 'search',
        outcome: 'ok' as const,
        start_ms: 1,
        duration_ms: 100,
      })),
    }))
    const arrival = { receivedAtMs: NOW_MS, sentAtMs: null, source: 'sdk', sdk: null } as const
    const lines = batches.map((batch) => lineOf(normaliseBatch(batch, arrival)))
    expect(takeBack(lines).map(said)).toEqual(lines.map(said))
  })
})

describe('an id made of a text', () => {
  it('is hexadecimal of its length, always the same, and another for another text', () => {
    const texts = fc.uniqueArray(fc.string({ maxLength: 40 }), { minLength: 100, maxLength: 300 })
    fc.assert(
      fc.property(texts, (list) => {
        const ids = list.map((text) => hashToHex(text, 8))
        expect(new Set(ids).size).toBe(list.length)
        for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/)
      }),
      { numRuns: 50 },
    )
    expect(hashToHex('trace a', 16)).toBe(hashToHex('trace a', 16))
    expect(hashToHex('', 16)).toMatch(/^[0-9a-f]{32}$/)
  })
})

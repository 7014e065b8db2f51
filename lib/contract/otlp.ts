import { z } from 'zod'

/*
 * What became of the spans that senders of OpenTelemetry traces exported: which were read, by which dialect, and
 * what those that nobody could read did not say.
 */

const count = z.int().min(0)
const epochMs = z.number()

/** `GET /api/v1/otlp/receipt`: counted since the store was made, of recent weeks' senders. */
export const otlpReceiptSchema = z.object({
  spans: count.describe('spans taken, each once'),
  duplicates: count.describe('spans that had been taken before'),
  rejected: count.describe('spans that broke the format'),
  late: count.describe('spans of batches that could not change any more'),
  buffered_spans: count.describe('spans held for batches that may still change'),
  buffered_bytes: count,
  unassembled_runs: count.describe('runs of which spans came that no batch shows yet'),
  provisional_batches: count.describe(
    'batches that wait for their quiet period; POST /api/v1/otlp/settle makes all of them final at once',
  ),
  dialects: z
    .array(
      z.object({
        dialect: z.string().describe('vercel-ai, otel-genai, …'),
        spans: count,
        last_seen_at: epochMs,
      }),
    )
    .describe('latest first'),
  unrecognised: z
    .array(
      z.object({
        scope: z.string().describe('instrumentation scope; empty when it has no name'),
        span_name: z.string().describe('ids and numbers within it replaced by `*`'),
        missing: z.array(z.string()).describe('attributes of which one would have made it readable'),
        spans: count,
        last_seen_at: epochMs,
      }),
    )
    .describe('latest first; the most frequent kinds only'),
})

export type OtlpReceipt = z.infer<typeof otlpReceiptSchema>

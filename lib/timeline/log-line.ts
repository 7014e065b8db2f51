import type { OutcomeCounts, WireBatch } from '#lib/contract/reads.ts'

/*
 * A batch as one line of a log, in logfmt: `key=value` with a space between.
 *
 * - One line: a name with spaces, quotes, equals signs or control characters is quoted and escaped.
 * - A value that is not known is left out, never written as zero.
 */

/** `outcomes` counts each call once. */
export function formatLogLine(batch: WireBatch, outcomes: OutcomeCounts): string {
  const pairs: readonly (readonly [string, string | number | null])[] = [
    ['batch', batch.batch_id],
    ['agent', batch.agent],
    ['mode', batch.mode],
    ['size', batch.size],
    ['ok', outcomes.ok],
    ['error', counted(outcomes.error)],
    ['timeout', counted(outcomes.timeout)],
    ['cancelled', counted(outcomes.cancelled)],
    ['never_ran', counted(outcomes['never-ran'])],
    ['unknown', counted(outcomes.unknown)],
    ['wall_ms', tenths(batch.wall_ms)],
    ['sum_ms', tenths(batch.sum_ms)],
    ['ideal_ms', tenths(batch.ideal_ms)],
    ['ser', batch.serialization === null ? null : batch.serialization.toFixed(3)],
    ['slowest', batch.slowest_tool],
    ['alone_ms', tenths(batch.blocked_ms)],
    ['env', batch.environment],
    ['version', batch.version],
    ['run', batch.run_id],
    ['turn', batch.turn],
  ]
  return pairs
    .flatMap(([key, value]) => (value === null ? [] : [`${key}=${quoted(String(value))}`]))
    .join(' ')
}

/** Outcomes that did not occur are left out; `ok` always stands. */
function counted(count: number): number | null {
  return count === 0 ? null : count
}

function tenths(ms: number | null): string | null {
  return ms === null ? null : ms.toFixed(1)
}

function quoted(value: string): string {
  // JSON escapes quotes and control characters; the line separators of Unicode it leaves as they are.
  if (/^[^\s"=\\\p{Cc}]+$/u.test(value)) return value
  return JSON.stringify(value)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
}

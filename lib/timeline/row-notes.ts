import { formatDuration, formatOffset, groupDigits, MINUS } from '#lib/format/duration.ts'
import { middleTruncate } from '#lib/format/text.ts'
import type { AloneStretch, CallRow, FoldRow } from './model.ts'
import { durationUs } from './order-rows.ts'

/** Names and error texts come from strangers and may be as long as they like. */
const NAME_CHARS = 28
const REASON_CHARS = 32

/**
 * What stands behind the bar of a call, in words; null where the bar says it all. Only what is on record:
 * a reason that was not reported is not guessed.
 */
export function formatRowNote(
  row: CallRow,
  alone: AloneStretch | null,
  toolOf: ReadonlyMap<string, string>,
  wide: boolean,
): string | null {
  const ended = row.segments.length === 0 ? untimedNote(row, toolOf) : endingNote(row, toolOf)
  if (!row.slowest) return ended
  const held = alone?.key === row.key && alone.toUs > alone.fromUs && wide
  const words = held ? `slowest, alone ${formatDuration((alone.toUs - alone.fromUs) / 1000)}` : 'slowest'
  return ended === null ? words : `${words}, ${ended}`
}

/** A result that a later model call shows tells how a call ended, and not when. */
function untimedNote(row: CallRow, toolOf: ReadonlyMap<string, string>): string | null {
  if (row.outcome === 'ok') return 'ended well, no times told'
  const ended = endingNote(row, toolOf)
  return row.outcome === 'never-ran' || row.outcome === 'unknown' ? ended : `${ended}, no times told`
}

function endingNote(row: CallRow, toolOf: ReadonlyMap<string, string>): string | null {
  const code =
    row.errorCode === null || row.errorCode === '' ? null : middleTruncate(row.errorCode, REASON_CHARS)
  switch (row.outcome) {
    case 'ok':
      return null
    case 'error':
      return code ?? 'error'
    case 'timeout': {
      const lastUs = row.segments.at(-1)
      const after = lastUs ? ` after ${formatDuration((lastUs.endUs - lastUs.startUs) / 1000)}` : ''
      return `${code === null || code === 'timeout' ? 'timeout' : code}${after}`
    }
    case 'cancelled':
      if (row.group !== null) return `cancelled, group ${middleTruncate(row.group, NAME_CHARS)}`
      return code === null || code === 'cancelled' ? 'cancelled' : `cancelled: ${code}`
    case 'never-ran':
      return `never ran${reasonNotRun(row, code, toolOf)}`
    case 'unknown':
      return 'unknown: seen only as emitted'
  }
}

function reasonNotRun(row: CallRow, code: string | null, toolOf: ReadonlyMap<string, string>): string {
  if (code !== null) return `: ${code}`
  const names = row.dependsOn.map((id) => middleTruncate(toolOf.get(id) ?? id, NAME_CHARS))
  if (names.length === 0) return ''
  const more = names.length > 2 ? ` and ${names.length - 2} more` : ''
  return `: needs ${names.slice(0, 2).join(', ')}${more}`
}

export function formatFoldNote(fold: FoldRow): string | null {
  if (fold.medianDurationUs === null) return null
  return `median ${formatDuration(fold.medianDurationUs / 1000)}, at most ${fold.inFlight.peak} in flight`
}

/** One decimal of a millisecond, or three where the plot resolves them. */
export function formatCursorOffset(us: number, usPerPx: number): string {
  if (usPerPx >= 25) return formatOffset(us / 1000)
  const wholeUs = Math.round(Math.abs(us))
  const sign = us < 0 && wholeUs > 0 ? MINUS : '+'
  return `${sign}${groupDigits(Math.floor(wholeUs / 1000))}.${String(wholeUs % 1000).padStart(3, '0')} ms`
}

/** One row in a sentence, for a screen reader. */
export function describeRow(row: CallRow | FoldRow): string {
  const took = durationUs(row)
  const outcome = row.outcome === 'never-ran' ? 'never ran' : row.outcome
  if (row.kind === 'fold') {
    return `${row.tool}, ${row.members.length} calls, ${outcome}, folded${row.open ? ', open' : ''}`
  }
  const time =
    took === null
      ? 'no time'
      : `${formatDuration(took / 1000)}, from ${formatOffset((row.startUs ?? 0) / 1000)}`
  const attempts = row.attempts > 1 ? `, ${row.attempts} attempts` : ''
  return `${row.tool}, ${row.effect}, ${outcome}, ${time}${attempts}${row.slowest ? ', slowest sibling' : ''}`
}

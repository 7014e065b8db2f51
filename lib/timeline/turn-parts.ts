import { computeTurnTime } from '#lib/intervals/turn-time.ts'
import type { Call } from '#lib/model/batch.ts'
import type { AloneStretch } from './model.ts'

/*
 * The time of a turn as parts of a bar.
 *
 * - The parts add up to the total; each is above zero.
 * - The stretch in which the slowest sibling ran alone is told apart from the rest of the tools' time.
 */

export type TurnPartKind = 'model' | 'waiting' | 'tools' | 'alone' | 'idle'

export interface TurnPart {
  readonly kind: TurnPartKind
  readonly us: number
}

export interface TurnParts {
  readonly parts: readonly TurnPart[]
  readonly totalUs: number
  /** False when nobody said how long the model took: the bar then begins at the hand-over. */
  readonly modelKnown: boolean
}

/** Null when no call ran, so that there is nothing to divide. */
export function prepareTurnParts(
  calls: readonly Call[],
  modelUs: number | null,
  alone: AloneStretch | null,
): TurnParts | null {
  const time = computeTurnTime({ calls, modelUs })
  if (time === null) return null
  // Only what lies after the hand-over is exposed; a call that began early may have been alone before it.
  const aloneUs = alone === null ? 0 : Math.max(0, alone.toUs - Math.max(0, alone.fromUs))
  const parts: TurnPart[] = [
    { kind: 'model' as const, us: time.modelUs ?? 0 },
    { kind: 'waiting' as const, us: time.waitingUs },
    { kind: 'tools' as const, us: time.exposedUs - Math.min(aloneUs, time.exposedUs) },
    { kind: 'alone' as const, us: Math.min(aloneUs, time.exposedUs) },
    { kind: 'idle' as const, us: time.idleUs },
  ].filter((part) => part.us > 0)
  const totalUs = parts.reduce((sum, part) => sum + part.us, 0)
  return { parts, totalUs, modelKnown: modelUs !== null }
}

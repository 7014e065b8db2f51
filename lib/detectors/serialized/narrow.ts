import { logTwoRates } from '../statistics/beta-binomial.ts'
import type { Crossing } from './findings.ts'
import { acceptExcursion, evidenceOfVersion, type KeyState } from './key-state.ts'
import type { PairOverlap } from './measure-overlap.ts'
import { narrowRate, type Scene, type Scope } from './scene.ts'
import {
  APART_NATS,
  DRAW_NATS,
  FRESH_NATS,
  FRESH_PARTIAL_NATS,
  NARROW_NATS,
  NARROW_PRICE,
  PARTIAL_NATS,
  PROVED_PRICE,
} from './thresholds.ts'
import { compareNarrow } from './versions.ts'
import { crossingOf } from './watch-agent.ts'

/** A narrower key that this batch is a bad observation of. */
export interface Watched {
  readonly scope: Scope
  readonly key: KeyState
  readonly evidence: number
  readonly overlap: PairOverlap | null
}

/** The crossing of a signature or a pair. `isPartial`: the run is known to run other calls side by side. */
export function narrowCrossing(
  { version, context, agentRate }: Scene,
  watched: readonly Watched[],
  isPartial: boolean,
): Crossing | null {
  const { extraNats } = context.sensitivity
  const narrowNats = (isPartial ? PARTIAL_NATS : NARROW_NATS) + extraNats
  const freshNats = (isPartial ? FRESH_PARTIAL_NATS : FRESH_NATS) + extraNats
  for (const { key, evidence } of watched) {
    if (evidence < freshNats) continue
    const { pendingN, pendingX } = key.rate
    const isApart = logTwoRates(key.rate, { n: pendingN, x: pendingX }) >= APART_NATS
    if (evidence >= narrowNats) {
      if (isApart) return crossingOf(key, evidence, narrowNats)
      acceptExcursion(key)
      continue
    }
    const fresh = evidenceOfVersion(key, version.id, narrowRate(key, agentRate))
    if (isApart && fresh >= freshNats) return crossingOf(key, fresh, freshNats)
  }
  return null
}

/** The narrower key that this batch speaks for most, null if for none. */
export function bestNarrow(watched: readonly Watched[], overlapped: boolean): Watched | null {
  let best: Watched | null = null
  let pairs = 0
  const gap = (one: Watched) => Math.abs(one.overlap?.gapMs ?? 0)
  for (const one of watched) {
    if (one.overlap === null) continue
    pairs++
    // Who waited for whom shows in the gap.
    const lead = one.evidence - (best?.evidence ?? 0)
    if (best === null || lead > DRAW_NATS || (lead > -DRAW_NATS && gap(one) < gap(best))) best = one
  }
  const task = watched.find(({ overlap }) => overlap === null)
  if (task === undefined || best === null) return best ?? task ?? null
  // One pair of several that ran in turn is the pair; all of them at once are the task.
  const margin = pairs > 1 && !overlapped ? -1 : 2
  return task.evidence > best.evidence + margin ? task : best
}

/** Whether the narrower key explains what was seen better than the whole agent does. */
export function explainsMore(
  { agent, version, context }: Scene,
  crossing: Crossing,
  narrow: Watched,
  overlapped: boolean,
): boolean {
  const { signature, pair } = narrow.scope
  const { pendingN, pendingX } = narrow.key.rate
  if (agent.key.cusum.onsetMs === null && version.cusum.onsetMs === null) return true
  if (pair !== null && overlapped) return true
  const tools = signature === null ? (pair ?? []) : signature.split('+')
  const isProved = narrow.evidence >= FRESH_PARTIAL_NATS + context.sensitivity.extraNats
  const inside = { n: pendingN, x: pendingX }
  const gain = compareNarrow(agent, version, { tools, exact: signature !== null }, inside, crossing.onsetMs)
  return gain > (isProved ? PROVED_PRICE : NARROW_PRICE)
}

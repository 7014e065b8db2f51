import type { ModeRule } from '#lib/contract/mode.ts'
import { ANY_OTHER, computeModeShares } from '#lib/flags/mode-shares.ts'
import type { ModeScope } from '#lib/flags/precedence.ts'
import { MODES } from '#lib/model/vocabulary.ts'

/** The rules of one revision and since when they held. */
export interface RuleRevision {
  readonly revision: number
  readonly atMs: number
  readonly rules: readonly ModeRule[]
}

/** Whose rollout is asked for; null = anybody's. */
export interface RolloutScope {
  readonly agent: string | null
  readonly environment: string | null
}

/** A share of parallel runs and since when. */
export interface RolloutStage {
  readonly revision: number
  readonly sinceMs: number
  /** Of the runs that are parallel or serial. */
  readonly share: number
}

const PARALLEL = MODES.indexOf('parallel')
const SERIAL = MODES.indexOf('serial')
/** Shares nearer than this to none or all are none or all. */
const EDGE = 1e-4

/**
 * The share of a scope's runs that these rules make parallel, of those that they make parallel or serial; null when
 * they make them neither.
 */
export function computeParallelShare({ rules, atMs }: RuleRevision, scope: ModeScope): number | null {
  const shares = computeModeShares(rules, scope, atMs)
  const [parallel, serial] = [shares[PARALLEL] ?? 0, shares[SERIAL] ?? 0]
  return parallel + serial < EDGE ? null : parallel / (parallel + serial)
}

/** True for a share that makes two arms. */
export function isSplit(share: number | null): share is number {
  return share !== null && share > EDGE && share < 1 - EDGE
}

/**
 * The last rollout of a scope: every change of its parallel share from the first revision that split the runs on,
 * the step to all or to none included. Empty when no revision ever split them.
 */
export function findRollout(history: readonly RuleRevision[], asked: RolloutScope): RolloutStage[] {
  const shares = history.map((revision) => shareOf(revision, asked))
  const last = shares.findLastIndex(isSplit)
  if (last < 0) return []
  const first = shares.findLastIndex((share, index) => index < last && !isSplit(share)) + 1
  const stages: RolloutStage[] = []
  for (let i = first; i < history.length; i++) {
    const { revision, atMs } = history[i] as RuleRevision
    const share = shares[i] ?? null
    if (share !== null && share !== stages.at(-1)?.share) stages.push({ revision, sinceMs: atMs, share })
    if (i > last && !isSplit(share)) break
  }
  return stages
}

/** The share of the scope asked for, or, where it leaves a name open, of the first rule with a share that fits. */
function shareOf(revision: RuleRevision, { agent, environment }: RolloutScope): number | null {
  const scopes = revision.rules
    .filter((rule) => rule.tool === null && rule.percentage !== null)
    .filter((rule) => fits(rule.agent, agent) && fits(rule.environment, environment))
    .map((rule) => ({
      agent: agent ?? rule.agent ?? ANY_OTHER,
      environment: environment ?? rule.environment ?? ANY_OTHER,
    }))
  const own = { agent: agent ?? ANY_OTHER, environment: environment ?? ANY_OTHER }
  const shares = [...scopes, own].map((scope) => computeParallelShare(revision, scope))
  return shares.find(isSplit) ?? shares.at(-1) ?? null
}

function fits(named: string | null, asked: string | null): boolean {
  return named === null || asked === null || named === asked
}

import type { ModeAuditEntry, ModeRule } from '#lib/contract/mode.ts'

const DAY_MS = 86_400_000
/** A rollout that has come to all of the runs is looked at for some days more. */
const SHOWN_FOR_MS = 7 * DAY_MS

/** The rules that take a share of the runs, and those that took one until a few days ago and now take all. */
export function listRollouts(
  rules: readonly ModeRule[],
  entries: readonly ModeAuditEntry[],
  nowMs: number,
): ModeRule[] {
  const recent = entries.filter(({ at }) => at > nowMs - SHOWN_FOR_MS)
  const shared = new Set(
    recent.flatMap(({ before, after }) => [...before, ...after].filter(hasShare).map(({ id }) => id)),
  )
  return rules.filter((rule) => rule.tool === null && (hasShare(rule) || shared.has(rule.id)))
}

function hasShare({ percentage }: ModeRule): boolean {
  return percentage !== null && percentage < 100
}

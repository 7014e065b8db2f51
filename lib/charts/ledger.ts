import type { Sibling } from '#lib/contract/reads.ts'

export interface LedgerRow {
  readonly tool: string
  /** Share of its batches in which it was slowest; null when it had none that counts. */
  readonly share: number | null
  /** Length of its bar against the longest one, 0 to 1. */
  readonly barShare: number
  readonly medianMs: number | null
  readonly blockedMs: number
  /** True for the one tool that turns waited for longest. */
  readonly isSlowest: boolean
}

export interface Ledger {
  readonly rows: readonly LedgerRow[]
  /** Tools that ever held a turn or might have. */
  readonly tools: number
  /** How long turns waited for one call alone, over all tools. */
  readonly blockedMs: number
}

/** The `top` tools for which turns waited longest, longest first. */
export function prepareLedger(siblings: readonly Sibling[], top: number): Ledger {
  const ranked = [...siblings].sort((a, b) => b.blocked_ms - a.blocked_ms || (a.tool < b.tool ? -1 : 1))
  const shown = ranked.slice(0, top)
  const longest = Math.max(0, ...shown.map((sibling) => sibling.slowest_share ?? 0))
  return {
    rows: shown.map((sibling, index) => ({
      tool: sibling.tool,
      share: sibling.slowest_share,
      barShare: longest > 0 ? (sibling.slowest_share ?? 0) / longest : 0,
      medianMs: sibling.blocked_p50_ms,
      blockedMs: sibling.blocked_ms,
      isSlowest: index === 0 && sibling.blocked_ms > 0,
    })),
    tools: siblings.length,
    blockedMs: siblings.reduce((total, sibling) => total + sibling.blocked_ms, 0),
  }
}

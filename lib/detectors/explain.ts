import type { Finding } from './detector.ts'

/** A finding on its way to an alert, or of an alert that is open. */
export interface Explained {
  readonly finding: Finding
  readonly raisedMs: number
  /** Identity of the alert that mutes it. */
  readonly parent: string | null
}

export interface Verdict {
  readonly explained: Explained
  readonly verdict: 'open' | 'drop'
  readonly parent: string | null
}

/** Compares rivals on the same evidence: which held findings become alerts now, which are dropped, the rest wait. */
export function explain(
  held: Readonly<Record<string, Explained>>,
  open: Readonly<Record<string, Explained>>,
  _nowMs: number,
): Verdict[] {
  return Object.entries(held).map(([identity, explained]) => ({
    explained,
    verdict: identity in open ? 'drop' : 'open',
    parent: null,
  }))
}

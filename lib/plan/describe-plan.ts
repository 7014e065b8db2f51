import { middleTruncate } from '#lib/format/text.ts'
import {
  APART_REASONS,
  type PlannedCall,
  type PlannedPair,
  type PlanReason,
  TOGETHER_REASONS,
} from './plan-pairs.ts'

/** Pairs with one reason. */
export interface PlanGroup {
  readonly reason: PlanReason
  readonly apart: boolean
  readonly pairs: readonly PlannedPair[]
  /** How many of them have times that can be compared. */
  readonly timed: number
  /** How many of them did overlap. */
  readonly overlapped: number
}

const NAME_CHARS = 28

/** Pairs by reason: those to be apart first, and within a group those that did otherwise. */
export function groupPlan(pairs: readonly PlannedPair[]): PlanGroup[] {
  const groups: PlanGroup[] = []
  for (const reason of [...APART_REASONS, ...TOGETHER_REASONS]) {
    const members = pairs.filter((pair) => pair.reason === reason)
    const [first] = members
    if (first === undefined) continue
    const { apart } = first
    groups.push({
      reason,
      apart,
      pairs: apart ? members.toSorted((a, b) => (b.overlapUs ?? 0) - (a.overlapUs ?? 0)) : members,
      timed: members.filter(({ overlapUs }) => overlapUs !== null).length,
      overlapped: members.filter(didOverlap).length,
    })
  }
  return groups
}

/** Whether two calls ran side by side for any time. */
export function didOverlap({ overlapUs }: PlannedPair): boolean {
  return (overlapUs ?? 0) > 0
}

/** What two calls did, in a word. */
export function describeActual(pair: PlannedPair): string {
  if (pair.overlapUs === null) return 'no times'
  return didOverlap(pair) ? 'overlapped' : 'apart'
}

/** Why the plan keeps two calls apart, or lets them overlap. */
export function describeReason({ reason, detail, first, second }: PlannedPair): string {
  const what = middleTruncate(detail ?? '', NAME_CHARS)
  switch (reason) {
    case 'serial':
      return 'the mode is serial'
    case 'same-resource':
      return `same resource ${what}, and one writes it`
    case 'writes-in-turn':
      return 'writes run one at a time'
    case 'depends':
      return `${nameOf(second)} depends on ${nameOf(first)}`
    case 'by-way':
      return 'each depends on a call between them'
    case 'own-serial':
      return `${what} runs alone by a rule of its own`
    case 'unclassified':
      return `nobody said what ${what} does: it counts as a write`
    case 'write-alone':
      return `${what} writes, and runs alone`
    case 'tool-cap':
      return `one call of ${what} at a time`
    case 'cap':
      return 'one call at a time'
    case 'soft':
      return 'one has a default for what the other gives'
    case 'reads':
      return 'both only read'
    case 'disjoint':
      return 'they touch nothing in common'
    case 'undeclared':
      return detail === null
        ? 'nothing declared keeps them apart'
        : `nothing keeps them apart, though both touch ${what}`
  }
}

const nameOf = ({ tool }: PlannedCall) => middleTruncate(tool, NAME_CHARS)

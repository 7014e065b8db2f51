/*
 * What an agent's model emits together: its joint turns by the set of their tools, each with the order in which
 * it came last and a decaying count, and beside them the tools of single-call turns. From both follows how much
 * likelier a call is as part of a step that was split than as a call of its own.
 */

/** One set of tools that came in one turn. */
interface Emitted {
  /** As emitted when it was last seen. */
  order: readonly string[]
  /** Decayed count. */
  n: number
  /** Decayed counts of the tools that were emitted first. */
  firsts: Record<string, number>
}

export interface Emissions {
  /** By signature. */
  sets: Record<string, Emitted>
  /** Decayed count of joint turns. */
  total: number
  /** Decayed counts of the tools of single-call turns. */
  singles: Record<string, number>
  singlesTotal: number
}

/** Sets kept, and the letters of their tools' names; the rarest goes first. About 4 kB. */
const MAX_SETS = 32
const MAX_LETTERS = 1500
/** Calls of a set beyond this are not looked at. */
const MAX_CALLS = 12
const MAX_SINGLES = 40
/** Counts are halved once there are this many. */
const MEMORY = 400
/** Pseudo-counts of "as likely as any other tool". */
const SMOOTHING = 2
/** A later call of a set counts as this much of the next one: calls in between are left out, or the order varies. */
const NOT_NEXT = 0.1

export function createEmissions(): Emissions {
  return { sets: {}, total: 0, singles: {}, singlesTotal: 0 }
}

/** Counts a joint turn of these tools, as emitted, of this signature. */
export function noteJoint(emissions: Emissions, tools: readonly string[], signature: string): void {
  const found = emissions.sets[signature]
  const order = tools.length > MAX_CALLS ? tools.slice(0, MAX_CALLS) : tools
  const first = tools[0] ?? ''
  if (found === undefined) {
    makeRoom(emissions, signature)
    emissions.sets[signature] = { order, n: 1, firsts: { [first]: 1 } }
  } else {
    found.order = order
    found.n++
    found.firsts[first] = (found.firsts[first] ?? 0) + 1
  }
  emissions.total++
  if (emissions.total > MEMORY) halveSets(emissions)
}

/** Counts a turn of one call. */
export function noteSingle(emissions: Emissions, tool: string): void {
  const { singles } = emissions
  if (singles[tool] === undefined && Object.keys(singles).length >= MAX_SINGLES) halveSingles(emissions)
  singles[tool] = (singles[tool] ?? 0) + 1
  emissions.singlesTotal++
  if (emissions.singlesTotal > MEMORY) halveSingles(emissions)
}

/** How the likelihood of `tool` as the first call of a step compares to that as a call of its own. */
export function firstRatio(emissions: Emissions, tool: string): number {
  const single = singleShare(emissions, tool)
  return firstShare(emissions, tool, single) / single
}

/** How a call of `tool` after one of `before` fits a step that goes on, a new step, and a call of its own. */
export interface Succession {
  /** It is likelier to be the next call of the same step than the first of another. */
  readonly goesOn: boolean
  /** How its likelihood as the next call of the step compares to that as a call of its own. */
  readonly ratio: number
}

export function readSuccession(emissions: Emissions, before: string, tool: string): Succession {
  let next = 0
  let notLast = 0
  let last = 0
  for (const signature in emissions.sets) {
    const { order, n } = emissions.sets[signature] as Emitted
    let at = order.indexOf(before)
    if (at < 0) continue
    let later = 0
    for (; at >= 0; at = order.indexOf(before, at + 1)) {
      if (at === order.length - 1) last += n
      else {
        notLast += n
        if (order[at + 1] === tool) next += n
        else if (order.indexOf(tool, at + 2) >= 0) later = NOT_NEXT * n
      }
    }
    next += later
  }
  const single = singleShare(emissions, tool)
  const share = (next + SMOOTHING * single) / (notLast + SMOOTHING)
  const isLast = (last + 1) / (last + notLast + 2)
  return {
    goesOn: share * (1 - isLast) >= isLast * firstShare(emissions, tool, single),
    ratio: share / single,
  }
}

/**
 * The family of tasks that a step beginning with this tool belongs to: named after the tool that most often
 * comes first in the set that most often begins with this one, so that a task whose order varies is one family.
 */
export function familyOf({ sets }: Emissions, tool: string): string {
  let family = tool
  let most = 0
  for (const signature in sets) {
    const { firsts } = sets[signature] as Emitted
    const n = firsts[tool]
    if (n === undefined || n <= most) continue
    most = n
    family = mostOf(firsts)
  }
  return family
}

/** How many families make up at least a twentieth of the joint turns each. */
export function countFamilies({ sets, total }: Emissions): number {
  const families = new Map<string, number>()
  for (const signature in sets) {
    const { firsts, n } = sets[signature] as Emitted
    const family = mostOf(firsts)
    families.set(family, (families.get(family) ?? 0) + n)
  }
  return [...families.values()].filter((n) => n * 20 >= total).length
}

function singleShare({ singles, singlesTotal }: Emissions, tool: string): number {
  return ((singles[tool] ?? 0) + 1) / (singlesTotal + 10)
}

function firstShare({ sets, total }: Emissions, tool: string, single: number): number {
  let firsts = 0
  for (const signature in sets) firsts += (sets[signature] as Emitted).firsts[tool] ?? 0
  return (firsts + SMOOTHING * single) / (total + SMOOTHING)
}

function mostOf(counts: Readonly<Record<string, number>>): string {
  let best = ''
  let most = 0
  for (const key in counts) {
    if ((counts[key] as number) <= most) continue
    most = counts[key] as number
    best = key
  }
  return best
}

function makeRoom({ sets }: Emissions, signature: string): void {
  let letters = signature.length
  for (const other in sets) letters += other.length
  for (let left = Object.keys(sets); left.length > 0; left = Object.keys(sets)) {
    if (left.length < MAX_SETS && letters <= MAX_LETTERS) return
    let rarest = left[0] as string
    for (const other of left) if ((sets[other] as Emitted).n < (sets[rarest] as Emitted).n) rarest = other
    delete sets[rarest]
    letters -= rarest.length
  }
}

function halveSets(emissions: Emissions): void {
  emissions.total /= 2
  for (const signature in emissions.sets) {
    const set = emissions.sets[signature] as Emitted
    set.n /= 2
    for (const tool in set.firsts) set.firsts[tool] = (set.firsts[tool] as number) / 2
    if (set.n < 0.5) delete emissions.sets[signature]
  }
}

function halveSingles(emissions: Emissions): void {
  const { singles } = emissions
  emissions.singlesTotal = 0
  for (const tool in singles) {
    const n = (singles[tool] as number) / 2
    if (n < 1) delete singles[tool]
    else {
      singles[tool] = n
      emissions.singlesTotal += n
    }
  }
}

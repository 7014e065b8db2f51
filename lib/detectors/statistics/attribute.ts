import type { Suspect } from '#lib/model/alert.ts'
import type { Attribution, AttributionCell } from './attribution.ts'
import { type BetaPrior, logBetaBinomial } from './beta-binomial.ts'

/*
 * Compares causes by the marginal likelihood of what was counted: a cause parts the observations into those
 * it had touched and the others, each with a rate of its own that is unknown. "Some other reason" may have
 * set in at any observation and pays the logarithm of their number for being so free.
 *
 *     version   3 3 3 3 4 3 4 3 4 4 4      two live at once: the runs of 3 after the first of 4 are
 *     bad       . . . . # . # . # # #      evidence against "time"
 */

/** Kinds of suspects that the counts can tell apart. */
type Cause = 'version' | 'model' | 'mode' | 'request' | 'time'

export interface AttributeOptions {
  /** Since when, epoch ms: named when nothing but time explains it. */
  readonly onsetMs: number
  /** "8 of 8 {unit} with it {bad}, 2 % without": say "runs" and "were serial". */
  readonly unit: string
  readonly bad: string
  /** Which of two that came and went together is the likelier for this kind of alert. */
  readonly likelier: 'version' | 'model'
}

export interface Attributed {
  readonly cause: Cause
  /** Best first, those that explain it better than time; else time alone. */
  readonly suspects: readonly Suspect[]
  readonly firstBadVersion: string | null
  readonly firstBadModel: string | null
}

interface Group {
  readonly value: string
  readonly label: string
  n: number
  x: number
  firstMs: number
  lastMs: number
}

interface Candidate {
  readonly kind: Exclude<Cause, 'time'>
  readonly first: Group
  readonly before: Group | null
  readonly logLikelihood: number
  readonly bad: Counts
  readonly good: Counts
}

interface Counts {
  readonly n: number
  readonly x: number
}

type Dimension = (cell: AttributionCell) => { readonly value: string; readonly label: string }

/** A tenth of what is well goes wrong, give or take; of what is to blame nothing is known. */
const GOOD: BetaPrior = { hits: 0.5, misses: 4.5 }
const BAD: BetaPrior = { hits: 1, misses: 1 }

/**
 * Nats in favour against "some other time, some other reason": most changes were made by somebody. Where the
 * counts cannot decide, what was asked for comes before who asked for it.
 */
const PRIOR = { request: 3.5, likelier: 2.5, version: 1.5, model: 1.5, mode: 1 }

const DIMENSIONS: readonly (readonly [Exclude<Cause, 'time'>, Dimension])[] = [
  ['version', ({ version }) => ({ value: version, label: version })],
  ['model', ({ model, provider }) => ({ value: `${model}\n${provider}`, label: model })],
  [
    'mode',
    ({ mode, modeRevision }) => {
      const label = `${mode ?? 'unknown'}${modeRevision === null ? '' : ` (revision ${modeRevision})`}`
      return { value: label, label }
    },
  ],
  [
    'request',
    ({ requested }) => ({ value: String(requested), label: `parallel_requested = ${String(requested)}` }),
  ],
]

/** Who is to blame for what the cells counted. O(cells^2), for the moment of an alert. */
export function attribute(attribution: Attribution, options: AttributeOptions): Attributed {
  const timeLog = logLikelihoodOfTime(attribution)
  const candidates: Candidate[] = []
  for (const [kind, dimension] of DIMENSIONS) {
    const best = bestCandidate(kind, groupBy(attribution, dimension), attribution)
    if (best !== null) candidates.push(best)
  }
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      logOdds: candidate.logLikelihood - timeLog + prior(candidate, options),
    }))
    .sort((a, b) => b.logOdds - a.logOdds)
  const convincing = ranked.filter(({ logOdds }) => logOdds > 0)
  const named = (kind: Cause) => convincing.find(({ candidate }) => candidate.kind === kind)?.candidate
  const [best] = convincing
  if (best === undefined) {
    const rival = ranked[0]?.logOdds ?? 0
    return {
      cause: 'time',
      suspects: [sayTime(attribution, -rival, options)],
      firstBadVersion: null,
      firstBadModel: null,
    }
  }
  return {
    cause: best.candidate.kind,
    suspects: convincing.map(({ candidate, logOdds }) => say(candidate, logOdds, options)),
    firstBadVersion: named('version')?.first.label ?? null,
    firstBadModel: named('model')?.first.label ?? null,
  }
}

function prior({ kind }: Candidate, { likelier }: AttributeOptions): number {
  return kind === likelier ? PRIOR.likelier : PRIOR[kind]
}

/** One change at one time for whoever ran; where no excursion was noticed, no change at all. */
function logLikelihoodOfTime({ cells, restN, restX }: Attribution): number {
  const before = { n: restN, x: restX }
  const after = { n: 0, x: 0 }
  for (const cell of cells) {
    before.n += cell.n
    before.x += cell.x
    after.n += cell.pendingN
    after.x += cell.pendingX
  }
  const all = logBetaBinomial(before.n + after.n, before.x + after.x, GOOD)
  const change =
    logBetaBinomial(before.n, before.x, GOOD) +
    logBetaBinomial(after.n, after.x, BAD) -
    Math.log(1 + before.n + after.n)
  return Math.max(all, change)
}

/** By first appearance. */
function groupBy({ cells }: Attribution, dimension: Dimension): Group[] {
  const groups = new Map<string, Group>()
  for (const cell of cells) {
    const { value, label } = dimension(cell)
    const group = groups.get(value)
    const n = cell.n + cell.pendingN
    const x = cell.x + cell.pendingX
    if (group === undefined) {
      groups.set(value, { value, label, n, x, firstMs: cell.firstMs, lastMs: cell.lastMs })
      continue
    }
    group.n += n
    group.x += x
    group.firstMs = Math.min(group.firstMs, cell.firstMs)
    group.lastMs = Math.max(group.lastMs, cell.lastMs)
  }
  return [...groups.values()].sort((a, b) => a.firstMs - b.firstMs)
}

/**
 * The consecutive groups, from the one that brought it to the last one that still had it, that explain the
 * counts best. A rollback needs no case of its own: an old version keeps its place in the order.
 */
function bestCandidate(
  kind: Candidate['kind'],
  groups: readonly Group[],
  rest: Attribution,
): Candidate | null {
  const total = { n: rest.restN, x: rest.restX }
  for (const { n, x } of groups) {
    total.n += n
    total.x += x
  }
  if (groups.length < 2) return null
  let best: Candidate | null = null
  for (const [from, first] of groups.entries()) {
    if (first.label === '' || (kind === 'request' && first.value !== 'false')) continue
    const bad = { n: 0, x: 0 }
    for (const [to, group] of groups.entries()) {
      if (to < from) continue
      bad.n += group.n
      bad.x += group.x
      const good = { n: total.n - bad.n, x: total.x - bad.x }
      if (good.n === 0 || bad.x * good.n <= good.x * bad.n) continue
      // Which one brought it, and, if it did not last to this day, which one ended it.
      const price = Math.log(groups.length) + (to < groups.length - 1 ? Math.log(groups.length - from) : 0)
      const logLikelihood = logBetaBinomial(bad.n, bad.x, BAD) + logBetaBinomial(good.n, good.x, GOOD) - price
      if (best !== null && logLikelihood <= best.logLikelihood) continue
      best = { kind, first, before: lastBefore(groups, first), logLikelihood, bad: { ...bad }, good }
      if (kind === 'request') break
    }
  }
  return best
}

/** What ran most recently among what had been there before. */
function lastBefore(groups: readonly Group[], first: Group): Group | null {
  let found: Group | null = null
  for (const group of groups) {
    if (group === first) break
    if (found === null || group.lastMs >= found.lastMs) found = group
  }
  return found
}

function say(
  { kind, first, before, bad, good }: Candidate,
  logOdds: number,
  options: AttributeOptions,
): Suspect {
  const { unit, bad: were } = options
  const viaProvider = kind === 'model' && before !== null && before.label === first.label
  return {
    kind,
    value: viaProvider ? throughProvider(first) : first.label,
    before: before === null ? null : viaProvider ? throughProvider(before) : before.label,
    logOdds,
    because: `${count(bad.x)} of ${bad.n} ${unit} with it ${were}, ${percent(good)} without`,
  }
}

/** The same model came from another provider. */
function throughProvider({ value }: Group): string {
  const [model = '', provider = ''] = value.split('\n')
  return `${model} by ${provider === '' ? 'unknown' : provider}`
}

function sayTime(
  attribution: Attribution,
  logOdds: number,
  { onsetMs, unit, bad }: AttributeOptions,
): Suspect {
  const before = { n: attribution.restN, x: attribution.restX }
  const after = { n: 0, x: 0 }
  for (const cell of attribution.cells) {
    before.n += cell.n
    before.x += cell.x
    after.n += cell.pendingN
    after.x += cell.pendingX
  }
  return {
    kind: 'time',
    value: new Date(onsetMs).toISOString(),
    before: null,
    logOdds,
    because: `${count(after.x)} of ${after.n} ${unit} since ${bad}, ${percent(before)} before, whatever ran`,
  }
}

function count(x: number): string {
  return String(Math.round(x * 10) / 10)
}

function percent({ n, x }: Counts): string {
  if (n === 0) return 'none'
  const share = (100 * x) / n
  return `${share > 0 && share < 10 ? share.toFixed(1) : share.toFixed(0)} %`
}

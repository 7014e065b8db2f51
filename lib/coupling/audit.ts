import type { CouplingConflict, CouplingTool, MergeCandidate, ToolQuestion } from '#lib/contract/coupling.ts'
import { TOOL_QUESTIONS } from '#lib/contract/coupling.ts'
import type { Effect } from '#lib/model/vocabulary.ts'
import type { PairCounts } from './observe-pairs.ts'

/** What is counted of a pair of tools, over the agents that have it. */
export interface AuditedPair {
  readonly first: string
  readonly second: string
  readonly agents: readonly string[]
  readonly counts: PairCounts
}

/** What is known of a tool besides the counts. */
export interface AuditedTool {
  readonly tool: string
  readonly effect: Effect
  readonly resources: readonly { readonly root: string; readonly calls: number }[]
  readonly marks: readonly AuditMark[]
}

export interface AuditMark {
  readonly question: ToolQuestion
  readonly answer: 'yes' | 'no' | null
  readonly note: string | null
  readonly by: string
  readonly atUs: number
}

/** Fewer batches with both say nothing of "always". */
const MERGE_MIN_BATCHES = 20
/** Tools are always called together, in one order, from these shares on. */
const MERGE_MIN_SHARE = 0.9
const MERGE_MIN_ORDER = 0.95
const MAX_RESOURCES = 10

/** Tools as the audit lists them, most calls first. */
export function auditTools(tools: readonly AuditedTool[], pairs: readonly AuditedPair[]): CouplingTool[] {
  const alone = new Map(pairs.filter(isAlone).map((pair) => [pair.first, pair]))
  const audited = tools.map((tool): CouplingTool => {
    const counts = alone.get(tool.tool)?.counts
    const beside = pairs.filter(({ first, second }) => first === tool.tool || second === tool.tool)
    const answers = TOOL_QUESTIONS.map((question) => answerOf(question, tool, counts, beside))
    return {
      tool: tool.tool,
      effect: tool.effect,
      calls: counts?.calls ?? 0,
      resources: tool.resources.slice(0, MAX_RESOURCES).map((resource) => ({ ...resource })),
      undeclared: (counts?.calls ?? 0) - (counts?.declaring ?? 0),
      answers,
      is_unclassified: tool.effect === 'unknown' && answers.every(({ answer }) => answer === null),
    }
  })
  return audited.sort((a, b) => b.calls - a.calls || (a.tool < b.tool ? -1 : 1))
}

function answerOf(
  question: ToolQuestion,
  { effect, marks }: AuditedTool,
  counts: PairCounts | undefined,
  beside: readonly AuditedPair[],
): CouplingTool['answers'][number] {
  const mark = marks.find((candidate) => candidate.question === question)
  // A read changes nothing: it can be neither half done nor done twice. Of independence an effect says nothing.
  const declared = effect === 'read' && question !== 'independent' ? 'yes' : null
  const evidence = EVIDENCE_OF[question](counts, beside, effect)
  return {
    question,
    answer: mark?.answer ?? declared,
    source: mark ? 'marked' : declared ? 'declared' : 'none',
    by: mark?.by ?? null,
    at: mark ? mark.atUs / 1000 : null,
    note: mark?.note ?? null,
    evidence_for: evidence.speaksFor,
    evidence_against: evidence.speaksAgainst,
  }
}

interface Evidence {
  readonly speaksFor: string[]
  readonly speaksAgainst: string[]
}

const EVIDENCE_OF: Readonly<
  Record<
    ToolQuestion,
    (counts: PairCounts | undefined, beside: readonly AuditedPair[], effect: Effect) => Evidence
  >
> = {
  atomic: (counts, _beside, effect) => ({
    speaksFor: [],
    speaksAgainst:
      effect === 'read'
        ? []
        : said(counts?.interrupted, 'ended in error, timeout or cancellation, perhaps half done'),
  }),
  idempotent: (counts, _beside, effect) => ({
    speaksFor: [],
    speaksAgainst:
      effect === 'read'
        ? []
        : [
            ...said(counts?.retried, 'were further attempts: a write that is not idempotent was done again'),
            ...said(counts?.repeated, 'came twice in one batch with the same arguments'),
          ],
  }),
  independent: (_counts, beside) => {
    const conflicts = sum(beside, 'conflicts')
    return {
      speaksFor: conflicts === 0 ? overlaps(beside) : [],
      speaksAgainst: [
        ...said(conflicts, 'overlapped a call on the same resource while one of them wrote', 'batches'),
        ...said(
          sum(beside, 'possibleConflicts'),
          'may have, but for an effect that nobody declared',
          'batches',
        ),
      ],
    }
  },
}

function overlaps(beside: readonly AuditedPair[]): string[] {
  const others = beside.filter(({ counts }) => counts.overlapped > 0)
  const batches = sum(beside, 'overlapped')
  if (batches === 0) return []
  return [
    `${batches} times beside another of ${others.length} ${others.length === 1 ? 'tool' : 'tools'} without a conflict`,
  ]
}

function said(count: number | undefined, what: string, of = 'calls'): string[] {
  return count ? [`${count} ${of} ${what}`] : []
}

function sum(pairs: readonly AuditedPair[], counter: keyof PairCounts): number {
  return pairs.reduce((total, { counts }) => total + counts[counter], 0)
}

/** Pairs that met on a resource, the most frequent first. */
export function auditConflicts(pairs: readonly AuditedPair[]): CouplingConflict[] {
  return pairs
    .filter(({ counts }) => counts.conflicts + counts.possibleConflicts > 0)
    .sort(
      (a, b) =>
        b.counts.conflicts - a.counts.conflicts || b.counts.possibleConflicts - a.counts.possibleConflicts,
    )
    .map((pair) => ({
      tools: namesOf(pair),
      agents: [...pair.agents],
      together: pair.counts.together,
      overlapped: pair.counts.overlapped,
      conflicts: pair.counts.conflicts,
      possible: pair.counts.possibleConflicts,
      suggestion: suggestForConflict(pair),
    }))
}

function suggestForConflict(pair: AuditedPair): string {
  if (pair.counts.conflicts === 0)
    return 'Declare the effect of both: as long as one is unknown it counts as a write.'
  return isAlone(pair)
    ? `Let calls of ${pair.first} run one at a time: a serial rule for it, or a cap of 1.`
    : `Let the write wait for the other: a serial rule for one of them, or a declared dependency.`
}

/** Tools that are nearly always called together and in one order: one tool could do both. */
export function findMergeCandidates(pairs: readonly AuditedPair[]): MergeCandidate[] {
  const batchesOf = new Map(pairs.filter(isAlone).map(({ first, counts }) => [first, counts.together]))
  return pairs
    .flatMap((pair): MergeCandidate[] => {
      const { together, inOrder } = pair.counts
      if (isAlone(pair) || together < MERGE_MIN_BATCHES) return []
      const share = (tool: string) => together / Math.max(together, batchesOf.get(tool) ?? 0)
      const orderShare = inOrder / together
      const [first, second] = orderShare >= 0.5 ? [pair.first, pair.second] : [pair.second, pair.first]
      const candidate = {
        tools: [first, second],
        agents: [...pair.agents],
        together,
        first_share: share(first),
        second_share: share(second),
        in_order_share: Math.max(orderShare, 1 - orderShare),
        suggestion: `Offer the model one tool that does ${first}, then ${second}: it saves a call each time.`,
      }
      const isCandidate =
        Math.min(candidate.first_share, candidate.second_share) >= MERGE_MIN_SHARE &&
        candidate.in_order_share >= MERGE_MIN_ORDER
      return isCandidate ? [candidate] : []
    })
    .sort((a, b) => b.together - a.together)
}

function isAlone({ first, second }: AuditedPair): boolean {
  return first === second
}

function namesOf(pair: AuditedPair): string[] {
  return isAlone(pair) ? [pair.first] : [pair.first, pair.second]
}

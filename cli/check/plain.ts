import { formatDuration } from '#lib/format/duration.ts'
import { formatNoun, formatPercent } from '#lib/format/number.ts'
import type { SignatureOverlap } from './overlap-tally.ts'
import { type CheckReport, listFailing } from './report.ts'

/** For people: what overlapped too little, the worst first, then each agent as a whole, and the verdict last. */
export function formatPlain(report: CheckReport): string {
  const failing = listFailing(report)
  return [
    ...failing.map((overlap) => `FAIL  ${overlap.agent}  ${describeOverlap(overlap, report.file)}`),
    ...describeAgents(report.signatures),
    summarise(report, failing.length),
  ].join('\n')
}

/** `a+b: 31 % of the possible overlap, 1.2 s lost in 12 batches; worst: trace.jsonl:17` */
export function describeOverlap(overlap: SignatureOverlap, file: string): string {
  const { signature, efficiency, lostUs, batches, worst } = overlap
  const lost = formatDuration(lostUs / 1000)
  return `${signature}: ${formatPercent(efficiency)} of the possible overlap, ${lost} lost in ${formatNoun(batches, 'batch', 'batches')}; worst: ${file}:${worst.line}`
}

function describeAgents(signatures: readonly SignatureOverlap[]): string[] {
  const byAgent = new Map<string, { possibleUs: number; lostUs: number; batches: number }>()
  for (const { agent, possibleUs, lostUs, batches } of signatures) {
    const sums = byAgent.get(agent) ?? { possibleUs: 0, lostUs: 0, batches: 0 }
    sums.possibleUs += possibleUs
    sums.lostUs += lostUs
    sums.batches += batches
    byAgent.set(agent, sums)
  }
  return [...byAgent].map(
    ([agent, { possibleUs, lostUs, batches }]) =>
      `      ${agent}  ${formatPercent(1 - lostUs / possibleUs)} of the possible overlap in ${formatNoun(batches, 'batch', 'batches')} that could overlap`,
  )
}

function summarise({ batches, signatures, minOverlap }: CheckReport, failing: number): string {
  if (signatures.length === 0)
    return `${formatNoun(batches, 'batch', 'batches')}, none with calls that could have overlapped`
  const judged = formatNoun(signatures.length, 'signature', 'signatures')
  const wanted = `at least ${formatPercent(minOverlap)} wanted`
  return failing === 0
    ? `${judged} overlapped, ${wanted}`
    : `${failing} of ${judged} overlapped too little, ${wanted}`
}

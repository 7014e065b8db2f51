import type { Finding } from '../detector.ts'
import { attribute } from '../statistics/attribute.ts'
import { structureOf } from './follow.ts'
import type { Judged } from './judged.ts'
import { type Queue, toolsOf } from './queue.ts'
import type { Candidate, QueueFacts, ToolEntry } from './state.ts'

/** What was found, in words. */
export function toFinding(judged: Judged, candidate: Candidate, threshold: number): Finding {
  const { observation, state } = judged
  const { queue, onsetMs, sum, trail, facts } = candidate
  const tools = toolsOf(queue.mask).map((tool) => (state.tools[tool] as ToolEntry).name)
  tools.sort()
  const blame = attribute(state.causes, {
    onsetMs,
    unit: 'batches',
    bad: 'had calls that waited',
    likelier: 'version',
  })
  return {
    kind: 'convoy',
    agent: observation.agent,
    environment: observation.environment,
    key: { tools },
    onsetMs,
    firstBadVersion: blame.firstBadVersion,
    firstBadModel: blame.firstBadModel,
    suspects: [
      {
        kind: 'resource',
        value: sayQueue(queue),
        before: null,
        logOdds: facts === null ? sum : Math.min(sum, structureOf(facts)),
        because: sayCost(facts),
      },
      ...blame.suspects,
    ],
    logEvidence: sum,
    threshold,
    trail: trail.map(([atMs, value]) => ({ atMs, value })),
    hypothesis: `${sayQueue(queue)} shared by ${tools.join(', ')}`,
  }
}

/** "2 slots", "one at a time (a lock)", "rate limit, one each 320 ms". */
function sayQueue({ slots, gapMs, fair }: Queue): string {
  if (gapMs > 0) return `rate limit, one each ${Number(gapMs.toPrecision(2))} ms`
  if (slots > 1) return `${slots} slots`
  return fair ? 'one at a time (a lock)' : 'one at a time in no fixed order (a lock)'
}

function sayCost(facts: QueueFacts | null): string {
  if (facts === null || facts.batches === 0 || facts.wallMs <= 0) return 'calls begin when others of them end'
  const { batches, waitMs, wallMs, lostMs } = facts
  const waited = Math.round(waitMs / batches)
  const share = Math.round((100 * lostMs) / wallMs)
  return `calls waited ${waited} ms a batch in ${batches} batches, ${share} % of the time these took`
}

import type { AlertKey, Suspect } from '#lib/model/alert.ts'
import type { DetectorContext, Finding } from '../detector.ts'
import type { Observation } from '../observation.ts'
import { attribute } from '../statistics/attribute.ts'
import type { Meeting } from './meetings.ts'
import type { PairState } from './pair-state.ts'

/** Open alerts of an agent, and how many runs had a conflict in each environment. */
interface RaisedState {
  counts: { readonly environment: string; n: number }[]
  entries: {
    readonly environment: string
    readonly key: string
    /** What kind of resource, and who brought it. */
    readonly root: string
    readonly version: string | null
  }[]
}

const MAX_ENVIRONMENTS = 8
const MAX_RAISED = 16

function toKey({ first, second }: Meeting): AlertKey {
  return first === second ? { tool: first } : { tools: [first, second] }
}

/**
 * Raises it unless it is no news: an environment with more conflicts has it, or the like of it, already;
 * or an open alert blames the same version, or as little, for conflicts about the same kind of resource.
 */
export function raise(
  observation: Observation,
  context: DetectorContext,
  meeting: Meeting,
  finding: Finding,
): void {
  const { environment } = observation
  const raised = raisedOf(observation, context)
  const key = JSON.stringify(finding.key)
  const root = rootOf(meeting)
  const version = finding.firstBadVersion
  for (const other of raised.entries) {
    if (other.environment !== environment) {
      const isLike = other.key === key || other.root === root
      if (isLike && countIn(raised, other.environment) >= countIn(raised, environment)) return
    } else if (other.key !== key && other.root === root && other.version === version) return
  }
  raised.entries = raised.entries.filter((entry) => entry.environment !== environment || entry.key !== key)
  raised.entries.push({ environment, key, root, version })
  if (raised.entries.length > MAX_RAISED) raised.entries.shift()
  context.raise(finding)
}

export function recover(observation: Observation, context: DetectorContext, meeting: Meeting): void {
  const { environment, agent } = observation
  const key = toKey(meeting)
  const text = JSON.stringify(key)
  const raised = raisedOf(observation, context)
  raised.entries = raised.entries.filter((entry) => entry.environment !== environment || entry.key !== text)
  context.recover({ kind: 'conflict', agent, environment, key })
}

/** Counts a run with a conflict. */
export function noteConflict(observation: Observation, context: DetectorContext): void {
  const { counts } = raisedOf(observation, context)
  const at = counts.findIndex(({ environment }) => environment === observation.environment)
  const [count = { environment: observation.environment, n: 0 }] = at === -1 ? [] : counts.splice(at, 1)
  count.n++
  counts.push(count)
  if (counts.length > MAX_ENVIRONMENTS) counts.shift()
}

function countIn({ counts }: RaisedState, name: string): number {
  return counts.find(({ environment }) => environment === name)?.n ?? 0
}

function raisedOf({ agent }: Observation, context: DetectorContext): RaisedState {
  return context.state(`conflict/raised/${agent}`, () => ({ counts: [], entries: [] }))
}

/** The first part of what they met on; the tool itself where it wrote the same twice. */
function rootOf({ resources, first }: Meeting): string {
  return resources[0]?.split('/').find((part) => part !== '') ?? first
}

export function createFinding(
  { agent, environment, nowMs }: Observation,
  meeting: Meeting,
  { cusum, trail, causes }: PairState,
  logEvidence: number,
  threshold: number,
): Finding {
  const onsetMs = cusum.onsetMs ?? nowMs
  const attributed = attribute(causes, { onsetMs, unit: 'runs', bad: 'had it', likelier: 'version' })
  const [resource] = meeting.resources
  const suspects: Suspect[] = [...attributed.suspects]
  if (resource !== undefined) {
    suspects.unshift({
      kind: 'resource',
      value: resource,
      before: null,
      logOdds: logEvidence,
      because: `${meeting.first} and ${meeting.second} touched it at one time, and one of them wrote`,
    })
  }
  const points = [{ atMs: onsetMs, value: 0 }]
  for (let i = 0; i < trail.length; i += 2)
    points.push({ atMs: trail[i] as number, value: trail[i + 1] as number })
  return {
    kind: 'conflict',
    agent,
    environment,
    key: toKey(meeting),
    onsetMs,
    firstBadVersion: attributed.firstBadVersion,
    firstBadModel: attributed.firstBadModel,
    suspects,
    logEvidence,
    threshold,
    trail: points,
    hypothesis: meeting.twice ? `the same write by ${meeting.first} twice in one batch` : null,
  }
}

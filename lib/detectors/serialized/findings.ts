import type { AlertKey } from '#lib/model/alert.ts'
import type { Finding, TrailPoint } from '../detector.ts'
import { type Attributed, attribute } from '../statistics/attribute.ts'
import type { Attribution } from '../statistics/attribution.ts'
import { type KeyState, readTallies } from './key-state.ts'
import { causesOf, type Scene, type Scope } from './scene.ts'
import type { VersionsState } from './versions.ts'

/** The statistic that crossed its threshold. */
export interface Crossing {
  readonly evidence: number
  readonly threshold: number
  /** Event time, epoch ms, since when it is above 0. */
  readonly onsetMs: number
  readonly trail: readonly number[]
}

/** Alerts of one agent in all environments: one deploy is one alert. */
interface RaisedState {
  entries: {
    readonly environment: string
    readonly scope: string
    readonly runs: number
    readonly version: string | null
    isOpen: boolean
  }[]
}

/** The key of a whole agent as text. */
const WHOLE_SCOPE = '{}'
const MAX_RAISED = 12

function toKey({ signature, pair }: Scope): AlertKey {
  if (signature !== null) return { signature }
  if (pair === null) return {}
  return pair[0] === pair[1] ? { tool: pair[0] } : { tools: [...pair] }
}

export function createFinding(scene: Scene, scope: Scope, key: KeyState, crossing: Crossing): Finding {
  const { agent, environment } = scene.observation
  const isWhole = scope.signature === null && scope.pair === null
  const attributed: Attributed = attribute(isWhole ? causesOf(scene) : causesBelow(key, scene.agent), {
    onsetMs: crossing.onsetMs,
    unit: 'runs',
    bad: 'were serial',
    likelier: 'version',
  })
  const { firstBadVersion, firstBadModel, suspects } = attributed
  const firstMs = scene.agent.versions.find(({ version }) => version === firstBadVersion)?.firstMs
  return {
    kind: 'serialized',
    agent,
    environment,
    key: toKey(scope),
    onsetMs: Math.max(crossing.onsetMs, firstMs ?? crossing.onsetMs),
    firstBadVersion,
    firstBadModel,
    suspects,
    logEvidence: crossing.evidence,
    threshold: crossing.threshold,
    trail: toTrail(crossing),
    hypothesis: null,
  }
}

/** What is below an agent is counted by version alone: a model does not run its calls. */
function causesBelow(key: KeyState, { versions }: VersionsState): Attribution {
  const cells = []
  let restN = key.rate.n
  let restX = key.rate.x
  for (const { versionId, n, x, pendingN, pendingX } of readTallies(key)) {
    const version = versions.find(({ id }) => id === versionId)
    if (version === undefined) continue
    restN -= n
    restX -= x
    cells.push({
      version: version.version,
      model: '',
      provider: '',
      mode: null,
      modeRevision: null,
      requested: null,
      n,
      x,
      pendingN,
      pendingX,
      firstMs: version.firstMs,
      lastMs: version.lastMs,
    })
  }
  return { cells, restN: Math.max(0, restN), restX: Math.max(0, restX) }
}

function toTrail({ trail, onsetMs }: Crossing): TrailPoint[] {
  const points: TrailPoint[] = [{ atMs: Math.min(onsetMs, trail[0] ?? onsetMs), value: 0 }]
  for (let i = 0; i < trail.length; i += 2)
    points.push({ atMs: trail[i] as number, value: trail[i + 1] as number })
  return points
}

/**
 * Raises the finding unless it is no news: an environment with more traffic has an alert of the agent while it
 * runs the version under suspicion, or had one that blamed it, as staging repeats production; or an open alert
 * blames the same version for another part of the agent, as a task has several pairs. Findings are said again
 * with more evidence, so that a muted one speaks once the other is over.
 */
export function raiseOnce(scene: Scene, finding: Finding): void {
  const { observation, context, agent } = scene
  const { environment } = observation
  const raised = raisedOf(scene)
  const runs = agent.key.rate.n
  const suspect = finding.firstBadVersion ?? observation.version
  const scope = JSON.stringify(finding.key)
  for (const other of raised.entries) {
    if (other.environment === environment) {
      const isOther = other.isOpen && other.version === suspect && other.scope !== scope
      if (isOther && scope !== WHOLE_SCOPE) return
      continue
    }
    if (other.runs <= runs) continue
    if (other.isOpen ? runsIn(other.environment, suspect, scene) : other.version === suspect) return
  }
  raised.entries = raised.entries.filter(
    (entry) => entry.environment !== environment || entry.scope !== scope,
  )
  raised.entries.push({
    environment,
    scope,

    runs,
    version: finding.firstBadVersion,
    isOpen: true,
  })
  if (raised.entries.length > MAX_RAISED) raised.entries.shift()
  context.raise(finding)
}

export function recover(scene: Scene, scope: Scope): void {
  const { environment, agent } = scene.observation
  const key = toKey(scope)
  const text = JSON.stringify(key)
  for (const entry of raisedOf(scene).entries)
    if (entry.environment === environment && entry.scope === text) entry.isOpen = false
  scene.context.recover({ kind: 'serialized', agent, environment, key })
}

function raisedOf({ observation, context }: Scene): RaisedState {
  return context.state(`serialized/raised/${observation.agent}`, () => ({ entries: [] }))
}

function runsIn(environment: string, version: string, { observation, context }: Scene): boolean {
  const there = context.peek<VersionsState>(`serialized/agent/${environment}/${observation.agent}`)
  return there?.versions.some((known) => known.version === version) ?? false
}

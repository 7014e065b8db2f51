import type { BatchMeasures } from '#lib/intervals/measure-batch.ts'
import { alertIdentity } from '#lib/model/alert.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import type { AlertChange, AlertScope } from './alert-change.ts'
import type { Detector, DetectorContext, Finding, Sensitivity } from './detector.ts'
import { explain, type OpenFinding } from './explain.ts'
import { type Observation, observe } from './observation.ts'
import { copyUnmarked, unmarkText } from './safe-names.ts'
import type { StateCache } from './state-cache.ts'

/** Open alerts of one environment: more than a person could read means that opening more helps nobody. */
const MAX_OPEN = 500
/** Environments whose alerts are compared. */
const MAX_ENVIRONMENTS = 20
const NAMES_KEY = 'environments'

function keyOf(environment: string): string {
  return `engine/${environment}`
}

/** What is open in one environment, and how far its event time has come. */
interface EnvironmentState {
  nowMs: number
  batches: number
  /** By identity. */
  open: Record<string, OpenFinding>
}

export interface EngineOptions {
  readonly detectors: readonly Detector[]
  readonly states: StateCache
  readonly sensitivity: Sensitivity
  /**
   * A detector has thrown, which is a bug of it: the others go on, and so does it at the next batch. Without
   * this the error is thrown on.
   */
  readonly onFault?: ((detector: string, error: unknown, batchId: string) => void) | undefined
}

/** Runs all detectors over a log and turns what they find into alerts that open, are confirmed and recover. */
export class DetectionEngine {
  readonly #options: EngineOptions

  constructor(options: EngineOptions) {
    this.#options = options
  }

  /** What this batch changes. The same batches in the same order give the same changes, however often restarted. */
  observe(batch: StoredBatch, measures: BatchMeasures): AlertChange[] {
    const { states, sensitivity } = this.#options
    const environment = states.use<EnvironmentState>(keyOf(batch.environment), () => ({
      nowMs: Number.MIN_SAFE_INTEGER,
      batches: 0,
      open: {},
    }))
    const observation = observe(batch, measures, environment.nowMs)
    environment.nowMs = observation.nowMs
    environment.batches++
    const raised: Finding[] = []
    const recovered: AlertScope[] = []
    const context: DetectorContext = {
      state: (key, create) => states.use(key, create),
      peek: (key) => states.peek(key),
      raise: (finding) => void raised.push(finding),
      recover: (scope) => void recovered.push(scope),
      isOpen: (scope) => identify(scope) in environment.open,
      sensitivity,
    }
    this.#detect(observation, context)
    return [
      ...close(environment, recovered, observation.nowMs),
      ...open(environment, raised, observation.nowMs, batch.batchId, this.#busierThan(batch.environment)),
    ]
  }

  /** Alerts that are open in environments with more traffic: what is told there needs no telling here. */
  #busierThan(name: string): () => OpenFinding[] {
    return () => {
      const { states } = this.#options
      const own = states.peek<EnvironmentState>(keyOf(name))?.batches ?? 0
      const names = states.use<string[]>(NAMES_KEY, () => [])
      if (!names.includes(name) && names.length < MAX_ENVIRONMENTS) names.push(name)
      return names.flatMap((other) => {
        const state = other === name ? null : states.peek<EnvironmentState>(keyOf(other))
        return state !== null && state.batches > own ? Object.values(state.open) : []
      })
    }
  }

  #detect(observation: Observation, context: DetectorContext): void {
    const { detectors, onFault } = this.#options
    for (const detector of detectors) {
      try {
        detector.observe(observation, context)
      } catch (error) {
        if (onFault === undefined) throw error
        onFault(detector.name, error, observation.batchId)
      }
    }
  }
}

function close(environment: EnvironmentState, recovered: readonly AlertScope[], atMs: number): AlertChange[] {
  const changes: AlertChange[] = []
  for (const scope of recovered) {
    const identity = identify(scope)
    if (!(identity in environment.open)) continue
    delete environment.open[identity]
    changes.push({ type: 'recovered', identity, atMs })
  }
  return changes
}

function open(
  environment: EnvironmentState,
  raised: readonly Finding[],
  nowMs: number,
  batchId: string,
  elsewhere: () => OpenFinding[],
): AlertChange[] {
  const changes: AlertChange[] = []
  const fresh = new Map<string, Finding>()
  for (const finding of raised) {
    const identity = identify(finding)
    if (identity in environment.open) changes.push({ type: 'confirmed', identity, atMs: nowMs })
    // A copy: a finding that shares its trail with a detector's state would change with it, until a restart.
    else if (!fresh.has(identity)) fresh.set(identity, copyUnmarked(finding))
  }
  if (fresh.size === 0) return changes
  const here = Object.values(environment.open)
  const busier = elsewhere()
  for (const [identity, finding] of [...fresh].slice(0, Math.max(0, MAX_OPEN - here.length))) {
    const parent = explain(finding, here, busier)
    environment.open[identity] = { finding, parent }
    changes.push({ type: 'opened', finding, parent, atMs: nowMs, batchId })
  }
  return changes
}

/** Outside of detectors names are as senders wrote them. */
function identify(scope: AlertScope): string {
  return unmarkText(alertIdentity(scope))
}

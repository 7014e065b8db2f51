import type { AlertKey, AlertKind, Suspect } from '#lib/model/alert.ts'
import type { Observation } from './observation.ts'

/** What a detector found once its evidence had crossed the threshold. */
export interface Finding {
  readonly kind: AlertKind
  /** `*` when the key is watched across agents. */
  readonly agent: string
  readonly environment: string
  readonly key: AlertKey
  /** Epoch ms, event time. */
  readonly onsetMs: number
  readonly firstBadVersion: string | null
  readonly firstBadModel: string | null
  /** Best first. */
  readonly suspects: readonly Suspect[]
  /** Evidence against "nothing has changed", in nats, and the threshold it had to reach. */
  readonly logEvidence: number
  readonly threshold: number
  /** Event time and value of the statistic from before the onset on: at most 64 points. */
  readonly trail: readonly TrailPoint[]
  /** In words what explains it: "2 slots shared by a, b"; null when the kind says it all. */
  readonly hypothesis: string | null
}

export interface TrailPoint {
  readonly atMs: number
  readonly value: number
}

/** What became of a finding, told by `Detector.observe` through its context. */
export interface DetectorContext {
  /**
   * The state kept under this key, made by `create` when there is none. It must be plain JSON (finite numbers,
   * strings, booleans, null, arrays, records) and of bounded size. Asking for it marks it as changed. Among
   * too many keys the ones not asked for longest are forgotten.
   */
  state<S>(key: string, create: () => S): S
  /** The state under this key, unchanged by who asks; null when there is none. */
  peek<S>(key: string): S | null
  /** Evidence for a finding is complete. Said again while its alert is open, it confirms it. */
  raise(finding: Finding): void
  /** Evidence that a finding no longer holds is complete. Without an open alert it does nothing. */
  recover(finding: Pick<Finding, 'kind' | 'agent' | 'environment' | 'key'>): void
  /** An alert is open under this identity; a raised one that the explanation holds back is not. */
  isOpen(finding: Pick<Finding, 'kind' | 'agent' | 'environment' | 'key'>): boolean
  /** Natural log of 1 / the false-alarm probability that one statistic may spend: see sensitivity.ts. */
  readonly sensitivity: Sensitivity
}

/** Thresholds follow from one setting: the expected false alarms per agent and month. */
export interface Sensitivity {
  /** Nats to add to a detector's own threshold; 0 at the default setting, negative when more alarms are accepted. */
  readonly extraNats: number
}

/**
 * A state machine that follows batches in the order of the log. Pure: all it remembers is in the context's
 * states, so that a restart at any moment changes nothing. O(1) work an observation in the length of history.
 */
export interface Detector {
  readonly name: string
  observe(observation: Observation, context: DetectorContext): void
}

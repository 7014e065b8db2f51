import type { merge, scoreOne } from '../../fixtures/detection/score.mjs'

/** What detection has to reach, and what it has reached. */
export interface Target {
  readonly name: string
  readonly wanted: string
  readonly reached: string
  /** Null when the workloads held nothing to judge it by. */
  readonly met: boolean | null
}

type Merged = ReturnType<typeof merge>
type Group = Merged['by'][number]
type Row = ReturnType<typeof scoreOne>['rows'][number]

const RECALL_OF_DETECTABLE: Readonly<Record<string, number>> = {
  serialized: 0.99,
  collapse: 0.99,
  straggler: 0.99,
  missed: 0.99,
  conflict: 0.99,
  convoy: 0.95,
  coupling: 0.9,
}
/** The limit's share of the delay: the physical limit is 1. */
const EFFICIENCY: Readonly<Record<string, number>> = { serialized: 0.7, collapse: 0.7 }
const OTHER_EFFICIENCY = 0.5
const MAX_US_PER_BATCH = 10

/** `rows`: every event of all workloads. */
export function judgeTargets(merged: Merged, rows: readonly Row[], detectorsUsPerBatch: number): Target[] {
  const kinds = Object.keys(RECALL_OF_DETECTABLE)
  const detectable = rows.filter((row) => row.detectable)
  const found = (kind: string) => detectable.filter((row) => row.kind === kind).map((row) => row.detected)
  const versions = rows.map((row) => row.version_ok).filter((right) => typeof right === 'boolean')
  return [
    ...kinds.map((kind) =>
      atLeast(`recall of detectable ${kind}`, RECALL_OF_DETECTABLE[kind] ?? 1, share(found(kind))),
    ),
    atLeast('recall of all detectable', 0.98, merged.recall_detectable),
    atLeast('strict precision', 0.98, merged.precision_strict),
    atMost('false alarms an agent and 30 days', 0.005, merged.fa_per_agent_30d, 4),
    atMost('… where nothing happens', 0.005, merged.fa_per_agent_30d_on_non_events, 4),
    atLeast('first bad version right', 0.98, share(versions)),
    atMost('duplicates an event', 0.05, merged.duplicates_per_event),
    ...kinds.map((kind) => worstEfficiency(kind, merged.by)),
    atMost('µs a batch in the detectors', MAX_US_PER_BATCH, detectorsUsPerBatch, 1),
  ]
}

export function formatTargets(targets: readonly Target[]): string {
  const lines = targets.map(({ name, wanted, reached, met }) =>
    [verdict(met), name.padEnd(40), reached.padEnd(24), wanted].join('  '),
  )
  return ['Targets:', ...lines].join('\n')
}

function verdict(met: boolean | null): string {
  if (met === null) return '     -'
  return met ? '   met' : 'MISSED'
}

function atLeast(name: string, bound: number, value: number | null): Target {
  const wanted = `at least ${bound}`
  if (value === null || Number.isNaN(value)) return { name, wanted, reached: '-', met: null }
  return { name, wanted, reached: value.toFixed(3), met: value >= bound }
}

function atMost(name: string, bound: number, value: number | null, digits = 3): Target {
  const wanted = `at most ${bound}`
  if (value === null || Number.isNaN(value)) return { name, wanted, reached: '-', met: null }
  return { name, wanted, reached: value.toFixed(digits), met: value <= bound }
}

function share(flags: readonly boolean[]): number | null {
  return flags.length === 0 ? null : flags.filter(Boolean).length / flags.length
}

/** Every strength for itself: an easy one must not hide a hard one. */
function worstEfficiency(kind: string, by: readonly Group[]): Target {
  const bound = EFFICIENCY[kind] ?? OTHER_EFFICIENCY
  const name = `limit / median delay, worst of ${kind}`
  const judged = by.filter(({ key, efficiency }) => key.startsWith(`${kind} `) && efficiency !== null)
  const [worst] = judged.sort((a, b) => (a.efficiency ?? 0) - (b.efficiency ?? 0))
  if (worst === undefined) return atLeast(name, bound, null)
  const target = atLeast(name, bound, worst.efficiency)
  return { ...target, reached: `${target.reached} (${worst.key.slice(kind.length + 1)})` }
}

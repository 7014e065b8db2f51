import fc from 'fast-check'
import type { Alert, AlertDetail, AlertEvidence, SuspectAnswer } from '#lib/contract/alerts.ts'
import { ALERT_KINDS, SUSPECT_KINDS } from '#lib/model/alert.ts'

/** A time at which the alerts of a test began. */
export const ONSET_MS = 1_795_000_000_000

/** Evidence at its plainest, changed by what a test is about. */
export function evidenceOf(change: Partial<AlertEvidence> = {}): AlertEvidence {
  return {
    first_bad_batch_id: 'bad-1',
    hypothesis: null,
    suspects: [],
    effect: null,
    lost_ms_per_batch: null,
    lost_ms_per_day: null,
    batches_before: [],
    batches_after: [],
    samples_before: [],
    samples_after: [],
    statistic: { threshold: 9, value: 9.5, trail: [] },
    ...change,
  }
}

/** An open alert at its plainest, changed by what a test is about. */
export function alertOf(change: Partial<Alert> = {}): Alert {
  return {
    id: 'alert-1',
    kind: 'serialized',
    agent: 'support',
    environment: 'production',
    key: {},
    detected_at: ONSET_MS + 60_000,
    onset_at: ONSET_MS,
    resolved_at: null,
    first_bad_version: null,
    first_bad_model: null,
    suspect: null,
    status: 'open',
    parent_id: null,
    silenced_until: null,
    reopened: 0,
    summary: 'support runs its calls one after another',
    evidence: evidenceOf(),
    ...change,
  }
}

export function detailOf(change: Partial<AlertDetail> = {}): AlertDetail {
  return { ...alertOf(change), history: [], children: [], ...change }
}

const name = fc.string({ minLength: 1, maxLength: 300 })
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

const anySuspect: fc.Arbitrary<SuspectAnswer> = fc.record({
  kind: fc.constantFrom(...SUSPECT_KINDS),
  value: name,
  before: orNull(name),
  odds: fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constant(0)),
  because: name,
})

/** Alerts of every kind, with names as strangers choose them. */
export const anyAlert: fc.Arbitrary<Alert> = fc
  .record({
    kind: fc.constantFrom(...ALERT_KINDS),
    agent: fc.oneof(fc.constant('*'), name),
    key: fc.oneof(
      fc.constant({}),
      fc.record({ tool: name }),
      fc.record({ tool: name, sibling: name }),
      fc.record({ tools: fc.array(name, { minLength: 1, maxLength: 5 }) }),
      fc.record({ signature: name }),
    ),
    suspects: fc.array(anySuspect, { maxLength: 3 }),
    version: orNull(name),
    lost: orNull(fc.double({ min: 0, max: 1e7, noNaN: true })),
  })
  .map(({ kind, agent, key, suspects, version, lost }) =>
    alertOf({
      kind,
      agent,
      key,
      first_bad_version: version,
      suspect: suspects[0] ?? null,
      evidence: evidenceOf({ suspects, lost_ms_per_batch: lost }),
    }),
  )

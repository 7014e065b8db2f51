import { type AlertKey, type AlertKind, alertIdentity } from '#lib/model/alert.ts'
import type { AlertChange } from './alert-change.ts'
import type { Finding } from './detector.ts'

const US_PER_MS = 1000
/** What comes back so soon after it went (event time) is the same alert again. */
const REOPEN_WITHIN_US = 7 * 86_400_000_000

/** An alert as evidence made it, without what persons did. Times are event times in integer microseconds. */
export interface AlertRecord {
  readonly id: string
  readonly identity: string
  readonly kind: AlertKind
  readonly agent: string
  readonly environment: string
  readonly key: AlertKey
  readonly onsetUs: number
  /** When it was first opened. */
  readonly detectedUs: number
  /** When evidence last spoke for it. */
  readonly confirmedUs: number
  /** When evidence spoke against it; null while it holds. */
  readonly resolvedUs: number | null
  readonly firstBadVersion: string | null
  readonly firstBadModel: string | null
  /** The alert that explains this one. */
  readonly parentId: string | null
  /** How often it came back. */
  readonly reopened: number
  /** Position in the log at which it was first opened. */
  readonly detectedSeq: number
}

/** What evidence did to an alert, and where in the log. */
export interface AlertRecordEvent {
  readonly alertId: string
  readonly seq: number
  readonly event: 'opened' | 'reopened' | 'recovered'
  readonly atUs: number
}

/** What has changed; evidence is null where the one that was collected before still stands. */
export interface AlertBookChanges<Evidence> {
  readonly alerts: readonly { readonly record: AlertRecord; readonly evidence: Evidence | null }[]
  readonly events: readonly AlertRecordEvent[]
}

export interface AlertBookOptions<Evidence> {
  /** The newest written alert of an identity. */
  readonly readLatest: (identity: string) => AlertRecord | null
  /** Must follow from its arguments alone, so that a rebuild gives the same ids. */
  readonly createId: (identity: string, batchId: string) => string
  /** Gathers what an alert is shown with, from the log up to `asOfSeq`. */
  readonly collectEvidence: (finding: Finding, asOfSeq: number) => Evidence
}

/** Keeps alerts from what batches did to them: of one identity at most one is unresolved. */
export class AlertBook<Evidence> {
  readonly #options: AlertBookOptions<Evidence>
  /** The newest alert by identity, as far as asked for since the last write. */
  readonly #latest = new Map<string, AlertRecord | null>()
  readonly #changed = new Map<string, { record: AlertRecord; evidence: Evidence | null }>()
  #events: AlertRecordEvent[] = []

  constructor(options: AlertBookOptions<Evidence>) {
    this.#options = options
  }

  /** How many rows the changes since the last write come to. */
  get pending(): number {
    return this.#changed.size + this.#events.length
  }

  /** `seq`: position in the log of the batch that brought the changes. */
  apply(changes: readonly AlertChange[], seq: number): void {
    for (const change of changes) {
      const atUs = Math.round(change.atMs * US_PER_MS)
      if (change.type === 'opened') this.#open(change.finding, change.batchId, atUs, seq)
      else if (change.type === 'recovered') this.#recover(change.identity, atUs, seq)
      else this.#confirm(change.identity, atUs)
    }
    // A parent may have been opened by the same batch, and later in the list.
    for (const change of changes) {
      if (change.type === 'opened' && change.parent !== null) this.#setParent(change.finding, change.parent)
    }
  }

  /** What has changed since the last call, to be written before `readLatest` is asked again. */
  takeChanges(): AlertBookChanges<Evidence> {
    const changes = { alerts: [...this.#changed.values()], events: this.#events }
    this.discard()
    return changes
  }

  /** Forgets what has changed since the last call of `takeChanges`. */
  discard(): void {
    this.#latest.clear()
    this.#changed.clear()
    this.#events = []
  }

  #readLatest(identity: string): AlertRecord | null {
    const known = this.#latest.get(identity)
    if (known !== undefined) return known
    const read = this.#options.readLatest(identity)
    this.#latest.set(identity, read)
    return read
  }

  #set(record: AlertRecord, evidence: Evidence | null): void {
    this.#latest.set(record.identity, record)
    const earlier = this.#changed.get(record.id)?.evidence ?? null
    this.#changed.set(record.id, { record, evidence: evidence ?? earlier })
  }

  #open(finding: Finding, batchId: string, atUs: number, seq: number): void {
    const identity = alertIdentity(finding)
    const before = this.#readLatest(identity)
    // A detector that had to forget its states finds anew what was never over.
    if (before !== null && before.resolvedUs === null) {
      this.#confirm(identity, atUs)
      return
    }
    const evidence = this.#options.collectEvidence(finding, seq)
    if (before !== null && isSameAgain(before, finding, atUs)) {
      this.#events.push({ alertId: before.id, seq, event: 'reopened', atUs })
      this.#set(reopen(before, finding, atUs), evidence)
    } else {
      const id = this.#options.createId(identity, batchId)
      this.#events.push({ alertId: id, seq, event: 'opened', atUs })
      this.#set(toRecord(finding, { id, identity, atUs, seq }), evidence)
    }
  }

  #recover(identity: string, atUs: number, seq: number): void {
    const before = this.#readLatest(identity)
    if (before === null || before.resolvedUs !== null) return
    this.#events.push({ alertId: before.id, seq, event: 'recovered', atUs })
    this.#set({ ...before, resolvedUs: atUs }, null)
  }

  #confirm(identity: string, atUs: number): void {
    const before = this.#readLatest(identity)
    if (before !== null && before.confirmedUs !== atUs) this.#set({ ...before, confirmedUs: atUs }, null)
  }

  #setParent(child: Finding, parent: string): void {
    const record = this.#readLatest(alertIdentity(child))
    const parentId = this.#readLatest(parent)?.id ?? null
    if (record !== null && record.parentId !== parentId) this.#set({ ...record, parentId }, null)
  }
}

/** Soon after, and not known to have come with another deploy or model: that would be another regression. */
function isSameAgain(before: AlertRecord, finding: Finding, atUs: number): boolean {
  if (before.resolvedUs === null || atUs - before.resolvedUs > REOPEN_WITHIN_US) return false
  return (
    !isOther(before.firstBadVersion, finding.firstBadVersion) &&
    !isOther(before.firstBadModel, finding.firstBadModel)
  )
}

function reopen(before: AlertRecord, { firstBadVersion, firstBadModel }: Finding, atUs: number): AlertRecord {
  return {
    ...before,
    confirmedUs: atUs,
    resolvedUs: null,
    firstBadVersion: before.firstBadVersion ?? firstBadVersion,
    firstBadModel: before.firstBadModel ?? firstBadModel,
    parentId: null,
    reopened: before.reopened + 1,
  }
}

function isOther(before: string | null, after: string | null): boolean {
  return before !== null && after !== null && before !== after
}

function toRecord(
  { kind, agent, environment, key, onsetMs, firstBadVersion, firstBadModel }: Finding,
  { id, identity, atUs, seq }: { id: string; identity: string; atUs: number; seq: number },
): AlertRecord {
  return {
    id,
    identity,
    kind,
    agent,
    environment,
    key,
    onsetUs: Math.round(onsetMs * US_PER_MS),
    detectedUs: atUs,
    confirmedUs: atUs,
    resolvedUs: null,
    firstBadVersion,
    firstBadModel,
    parentId: null,
    reopened: 0,
    detectedSeq: seq,
  }
}

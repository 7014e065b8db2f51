import { createHash } from 'node:crypto'
import { openAlertTable, openDetectorStateTable } from '#db/alerts.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import type { AlertEvidence } from '#lib/contract/alerts.ts'
import { AlertBook, type AlertBookChanges } from '#lib/detectors/alert-book.ts'
import type { Detector, Finding } from '#lib/detectors/detector.ts'
import { DetectionEngine } from '#lib/detectors/engine.ts'
import { toSensitivity } from '#lib/detectors/sensitivity.ts'
import { StateCache } from '#lib/detectors/state-cache.ts'
import type { Consumer } from './consumer.ts'

/** Raised whenever detectors or the layout of their states change: alerts are then found anew from the log. */
const DETECTION_VERSION = 1
/** Room in a version for every sensitivity: a setting is part of what follows from the log. */
const SENSITIVITY_STEPS_PER_NAT = 1_000
const SENSITIVITY_RANGE = 100_000
/** Some 100 MB when every one of them is in use. */
const MAX_STATES = 50_000
/** A state takes 10 to 20 µs to write, and all that changed are written at once, within a slice. */
const FLUSH_PENDING_STATES = 200
const ALERT_ID_BYTES = 12

export interface DetectOptions {
  readonly detectors: readonly Detector[]
  /** Expected false alarms per agent and month. */
  readonly falseAlarms: number
  /** What an alert is shown with, from the log as it stood at a position. */
  readonly collectEvidence: (finding: Finding, asOfSeq: number) => AlertEvidence
  /** Told after they are on disk. */
  readonly onAlerts?: ((changes: ChangedAlerts) => void) | undefined
  /** Told of a detector that has thrown; without it the error stops everything that is derived. */
  readonly onFault?: ((detector: string, error: unknown, batchId: string) => void) | undefined
}

/** Ids of alerts that have changed, each in one of the lists. */
export interface ChangedAlerts {
  /** New, or come back. */
  readonly opened: readonly string[]
  readonly resolved: readonly string[]
  /** Anything else about them. */
  readonly changed: readonly string[]
}

/**
 * Runs the detectors over the log. Their states, the alerts and the cursor are written together; what has
 * gathered since is found again. A retraction takes nothing back and a later revision of a batch adds
 * nothing: see docs/adr/0009.
 */
export function createDetect(db: SqliteDatabase, options: DetectOptions): Consumer {
  const { detectors, collectEvidence, onAlerts, onFault } = options
  const sensitivity = toSensitivity(options.falseAlarms)
  const stateTable = openDetectorStateTable(db)
  const alertTable = openAlertTable(db)
  const book = new AlertBook({ readLatest: alertTable.readLatest, createId: createAlertId, collectEvidence })

  function load() {
    const states = new StateCache(stateTable.readAll(), MAX_STATES)
    return { states, engine: new DetectionEngine({ detectors, states, sensitivity, onFault }) }
  }
  /** Null when what is in memory is ahead of the disk: read again when next needed. */
  let detection: ReturnType<typeof load> | null = load()
  let written: AlertBookChanges<AlertEvidence> = { alerts: [], events: [] }

  return {
    name: 'detect',
    version: toVersion(sensitivity.extraNats),
    maxPending: FLUSH_PENDING_STATES,
    apply({ seq, op, batch, measures }) {
      if (op === 'retract' || batch.revision > 1) return
      detection ??= load()
      book.apply(detection.engine.observe(batch, measures), seq)
    },
    flush() {
      if (detection !== null) stateTable.write(detection.states.takeChanges())
      written = book.takeChanges()
      for (const { record, evidence } of written.alerts) alertTable.write(record, evidence)
      for (const event of written.events) alertTable.addEvent(event)
    },
    committed() {
      if (written.alerts.length > 0) onAlerts?.(nameChanged(written))
    },
    discard() {
      detection = null
      book.discard()
    },
    clear() {
      stateTable.clear()
      alertTable.clear()
    },
    get pending() {
      return (detection?.states.pending ?? 0) + book.pending
    },
  }
}

/** What last happened to each. */
function nameChanged({ alerts, events }: AlertBookChanges<unknown>): ChangedAlerts {
  const last = new Map(events.map(({ alertId, event }) => [alertId, event]))
  const ids = alerts.map(({ record }) => record.id)
  return {
    opened: ids.filter((id) => last.get(id) === 'opened' || last.get(id) === 'reopened'),
    resolved: ids.filter((id) => last.get(id) === 'recovered'),
    changed: ids.filter((id) => !last.has(id)),
  }
}

function toVersion(extraNats: number): number {
  const step = Math.round(extraNats * SENSITIVITY_STEPS_PER_NAT)
  return DETECTION_VERSION * SENSITIVITY_RANGE + SENSITIVITY_RANGE / 2 + step
}

function createAlertId(identity: string, batchId: string): string {
  const hash = createHash('sha256').update(JSON.stringify([identity, batchId]))
  return `alert-${hash.digest('hex').slice(0, ALERT_ID_BYTES * 2)}`
}

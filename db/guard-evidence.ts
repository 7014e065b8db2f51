import type { AlertKey, AlertKind } from '#lib/model/alert.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { createDimensionReader } from './sqlite/dimensions.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/** What the log says of one batch without its calls being unpacked. */
export interface LogFacts {
  readonly seq: number
  readonly agent: string
  readonly environment: string
  /** Place in MODES; null when nobody said. */
  readonly modeCode: number | null
  readonly startedAtUs: number
  readonly wallUs: number | null
  /** A call of it ended in error or timeout. */
  readonly isFailing: boolean
  readonly signatureId: number
}

/** An alert that began, or came back, and that nothing else explains. */
export interface OpenedAlert {
  readonly id: string
  readonly kind: AlertKind
  readonly agent: string
  readonly environment: string
  readonly key: AlertKey
}

/** What the guards of rules look at. */
export interface GuardEvidence {
  readonly lastSeq: () => number
  /** At most `limit` positions of the log after `seq`: what they added and what they took back. */
  readAfter(seq: number, limit: number): { added: LogFacts[]; retracted: number[]; throughSeq: number }
  hasTool(signatureId: number, tool: string): boolean
  /** Alerts that opened at or after an instant of event time and have not recovered since. */
  readOpened(kinds: readonly AlertKind[], sinceUs: number): OpenedAlert[]
}

const FAILING_MASK = (1 << OUTCOMES.indexOf('error')) | (1 << OUTCOMES.indexOf('timeout'))
/** Of so many alerts since the rule was set one is enough. */
const MAX_OPENED = 200

interface FactsRow extends Omit<LogFacts, 'agent' | 'environment' | 'isFailing'> {
  readonly agentId: number
  readonly environmentId: number
  readonly outcomeMask: number
}

export function createGuardEvidence(db: SqliteDatabase): GuardEvidence {
  const dimensions = createDimensionReader(db)
  const added =
    db.prepare(`select seq, agent_id as agentId, environment_id as environmentId, mode as modeCode,
    started_at_us as startedAtUs, wall_us as wallUs, outcome_mask as outcomeMask, signature_id as signatureId
    from batches where seq > ? and seq <= ? and provisional = 0 and retracted_by is null order by seq`)
  const retracted = db
    .prepare('select batch_seq from retractions where seq > ? and seq <= ? order by seq')
    .pluck()
  const last = db
    .prepare(
      'select max(coalesce((select max(seq) from batches), 0), coalesce((select max(seq) from retractions), 0))',
    )
    .pluck()
  const holds = db
    .prepare(
      `select 1 from signature_tools where signature_id = ?
       and tool_id = (select id from dimensions where kind = 'tool' and value = ?)`,
    )
    .pluck()
  const opened = db.prepare(`select id, kind, agent, environment, key from alerts
    where resolved_us is null and parent_id is null and kind in (select value from json_each(?))
    and exists (select 1 from alert_events where alert_id = alerts.id and at_us >= ?
    and event in ('opened', 'reopened')) order by detected_us desc limit ?`)
  const toFacts = ({ agentId, environmentId, outcomeMask, ...facts }: FactsRow): LogFacts => ({
    ...facts,
    agent: dimensions.name(agentId),
    environment: dimensions.name(environmentId),
    isFailing: (outcomeMask & FAILING_MASK) !== 0,
  })

  const lastSeq = () => last.get() as number
  return {
    lastSeq,
    readAfter(seq, limit) {
      const throughSeq = Math.min(seq + limit, lastSeq())
      return {
        added: (added.all(seq, throughSeq) as FactsRow[]).map(toFacts),
        retracted: retracted.all(seq, throughSeq) as number[],
        throughSeq: Math.max(seq, throughSeq),
      }
    },
    hasTool: (signatureId, tool) => holds.get(signatureId, tool) !== undefined,
    readOpened(kinds, sinceUs) {
      const rows = opened.all(JSON.stringify(kinds), sinceUs, MAX_OPENED) as (Omit<OpenedAlert, 'key'> & {
        key: string
      })[]
      return rows.map((row) => ({ ...row, key: JSON.parse(row.key) as AlertKey }))
    },
  }
}

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import type { Finding } from '#lib/detectors/detector.ts'
import { ALERT_KINDS } from '#lib/model/alert.ts'
import { createTempLog, RECEIVED_AT_MS, type TempLog } from '../tests/testing/temp-log.ts'
import { createEvidenceCollector } from './alert-evidence.ts'

const SECOND_MS = 1000
const FROM_MS = RECEIVED_AT_MS - 100_000 * SECOND_MS

let temp: TempLog
beforeEach(() => {
  temp = createTempLog()
})
afterEach(() => temp[Symbol.dispose]())

function batch(
  id: string,
  second: number,
  agent: string,
  tools: readonly string[],
  gapMs: number,
): IngestBatch {
  return {
    batch_id: id,
    agent,
    environment: 'production',
    mode: 'parallel',
    started_at: FROM_MS + second * SECOND_MS,
    calls: tools.map((tool, i) => ({
      call_id: `c${i}`,
      tool,
      outcome: 'ok',
      start_ms: i * gapMs,
      duration_ms: 100,
    })),
  }
}

function finding(change: Partial<Finding>): Finding {
  return {
    kind: 'serialized',
    agent: 'support',
    environment: 'production',
    key: {},
    onsetMs: FROM_MS,
    firstBadVersion: null,
    firstBadModel: null,
    suspects: [],
    logEvidence: 12,
    threshold: 9,
    trail: [],
    hypothesis: null,
    ...change,
  }
}

const step = fc.record({
  retract: fc.boolean(),
  id: fc.nat(30),
  second: fc.nat(40),
  agent: fc.constantFrom('support', 'coder'),
  tools: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
  gapMs: fc.constantFrom(0, 100),
})

describe('the evidence collector', () => {
  it('gathers of a position in the log what it gathered when the log ended there', () => {
    const kinds = fc.constantFrom(...ALERT_KINDS)
    const key = fc.constantFrom({}, { tool: 'a', sibling: 'b' }, { tools: ['a', 'b'] }, { signature: 'a+b' })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), kinds, key, fc.nat(40), (steps, kind, of, onset) => {
        using log = createTempLog()
        const told = finding({ kind, key: of, onsetMs: FROM_MS + onset * SECOND_MS })
        const live = createEvidenceCollector(log.db)
        const gathered = steps.map(({ retract, id, second, agent, tools, gapMs }) => {
          if (retract) log.log.transaction(() => log.log.retract(`b${id}`))
          else log.ingest([batch(`b${id}`, second, agent, tools, gapMs)])
          return { seq: log.log.lastSeq, evidence: live(told, log.log.lastSeq) }
        })
        const later = createEvidenceCollector(log.db)
        for (const { seq, evidence } of gathered) expect(later(told, seq)).toEqual(evidence)
      }),
      { numRuns: 60 },
    )
  })

  it('knows only the agent and the environment that the finding names', () => {
    const both = Array.from({ length: 20 }, (_, i) => i)
    temp.ingest(both.map((i) => batch(`s${i}`, i, 'support', ['a', 'b'], i < 10 ? 0 : 100)))
    temp.ingest(both.map((i) => batch(`c${i}`, i, 'coder', ['a', 'b'], 100)))
    temp.ingest(both.map((i) => ({ ...batch(`t${i}`, i, 'support', ['a', 'b'], 100), environment: 'test' })))
    const collect = createEvidenceCollector(temp.db)
    const onsetMs = FROM_MS + 10 * SECOND_MS
    const evidence = collect(finding({ onsetMs }), temp.log.lastSeq)
    expect(evidence.effect).toMatchObject({ before: 0, after: 1, n_before: 10, n_after: 10 })
    expect(evidence.first_bad_batch_id).toBe('s10')
    const everywhere = collect(finding({ agent: '*', onsetMs }), temp.log.lastSeq)
    expect(everywhere.effect).toMatchObject({ n_before: 20, n_after: 20 })
  })

  it('finds what an agent did before that is rare among others', () => {
    const rare = (from: number, n: number, gapMs: number) =>
      temp.ingest(
        Array.from({ length: n }, (_, i) => batch(`r${from + i}`, from + i, 'support', ['a', 'b'], gapMs)),
      )
    const busy = (from: number) => {
      for (const first of [from, from + 6_000])
        temp.ingest(
          Array.from({ length: 6_000 }, (_, i) => batch(`x${first + i}`, first + i, 'coder', ['z'], 0)),
        )
    }
    rare(0, 30, 0)
    busy(100)
    rare(20_000, 1, 100)
    busy(20_100)
    rare(40_000, 1, 100)
    const onsetMs = FROM_MS + 20_000 * SECOND_MS
    const evidence = createEvidenceCollector(temp.db)(finding({ onsetMs }), temp.log.lastSeq)
    expect(evidence.effect).toMatchObject({ before: 0, after: 1, n_before: 30, n_after: 2 })
    expect(evidence.first_bad_batch_id).toBe('r20000')
  })
})

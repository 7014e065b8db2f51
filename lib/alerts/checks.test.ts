import { describe, expect, it } from 'vitest'
import type { ModeAuditEntry } from '#lib/contract/mode.ts'
import { ruleOf } from '#lib/flags/rules.test-util.ts'
import { makeWireCall } from '#lib/timeline/testing/detail.ts'
import { alertOf, ONSET_MS } from './alert.test-util.ts'
import { checkBreadth, checkGaps, checkModeChange, checkRequest, measureGaps } from './checks.ts'

const MIN_MS = 60_000

function entry(atMs: number, environment: string | null): ModeAuditEntry {
  return {
    revision: 12,
    at: atMs,
    by: 'mira',
    action: 'set',
    reason: null,
    summary: '',
    before: [],
    after: [ruleOf('r', { environment, mode: 'serial' })],
    previous_hash: '',
    hash: '',
  }
}

describe('whether the switch was flipped', () => {
  const check = (entries: ModeAuditEntry[]) => checkModeChange(alertOf(), entries, () => 'a rule').answer

  it('is answered by rules for this environment or for any, in the hour before', () => {
    expect(check([entry(ONSET_MS - 10 * MIN_MS, 'production')])).toMatch(/^Yes, revision 12 by mira: a rule/)
    expect(check([entry(ONSET_MS - 10 * MIN_MS, null)])).toMatch(/^Yes/)
  })

  it('is not answered by another environment, nor by what came earlier or after the detection', () => {
    expect(check([entry(ONSET_MS - 10 * MIN_MS, 'staging')])).toMatch(/^No\./)
    expect(check([entry(ONSET_MS - 90 * MIN_MS, 'production')])).toMatch(/^No\./)
    expect(check([entry(ONSET_MS + 2 * MIN_MS, 'production')])).toMatch(/^No\./)
  })
})

describe('whether others are hit', () => {
  it('counts agents whose alerts began at about the same time, each once', () => {
    const others = [
      alertOf({ id: 'b', agent: 'triage', onset_at: ONSET_MS + 5 * MIN_MS }),
      alertOf({ id: 'c', agent: 'triage', onset_at: ONSET_MS - 5 * MIN_MS }),
      alertOf({ id: 'd', agent: 'billing', onset_at: ONSET_MS - 300 * MIN_MS }),
      alertOf({ id: 'e', agent: 'billing', environment: 'staging' }),
    ]
    expect(checkBreadth(alertOf(), others).answer).toMatch(/^1 other within half an hour: triage\./)
    expect(checkBreadth(alertOf(), [alertOf()]).answer).toMatch(/^Only support/)
  })
})

describe('what was asked of the model', () => {
  it('is told apart from what the model made of it, and not guessed', () => {
    expect(checkRequest({ before: true, after: null })).toBeNull()
    expect(checkRequest({ before: true, after: false })?.answer).toMatch(/^It was before, it is not now/)
    expect(checkRequest({ before: true, after: true })?.answer).toMatch(/^Yes\./)
  })
})

describe('gaps between calls', () => {
  const call = (start_ms: number, duration_ms: number) => makeWireCall({ start_ms, duration_ms })

  it('are measured where nothing ran, from the last end of all', () => {
    expect(measureGaps([call(0, 100), call(102, 50), call(20, 10), call(200, 5)])).toEqual([2, 48])
    expect(measureGaps([call(0, 100), call(50, 100)])).toEqual([])
    expect(measureGaps([makeWireCall({ start_ms: null, duration_ms: null })])).toEqual([])
  })

  it('tell an await in a loop from something that works between the calls', () => {
    expect(checkGaps([call(0, 100), call(102, 50), call(155, 5)])?.answer).toContain('await in a loop')
    expect(checkGaps([call(0, 100), call(400, 50)])?.answer).toContain('too long for a loop')
    expect(checkGaps([call(0, 100), call(0, 50)])).toBeNull()
  })
})

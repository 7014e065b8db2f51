import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readMode, readModeAudit } from '#db/mode.ts'
import type { ModePut, ModeRuleInput } from '#lib/contract/mode.ts'
import { createTempLog, type TempLog } from '../../tests/testing/temp-log.ts'
import { expireRules, putMode } from './mode-writer.ts'

const NOW_MS = 1_790_000_000_000
let store: TempLog
beforeEach(() => {
  store = createTempLog()
})
afterEach(() => store[Symbol.dispose]())

/** Puts rules on top of the revision in force. */
function put(rules: readonly ModeRuleInput[], change: Partial<ModePut> = {}, nowMs = NOW_MS) {
  const { revision } = readMode(store.db)
  return store.log.transaction(() =>
    putMode(store.db, { revision, rules: [...rules], ...change }, 'local', nowMs),
  )
}
const refusal = (status: number, path: string) =>
  expect.objectContaining({ status, faults: [expect.objectContaining({ path })] })
const serial: ModeRuleInput = { mode: 'serial' }

describe('a new list of rules', () => {
  it('gets what its writer left out: ids, who, when, and null for what matches anything', () => {
    const { mode, changed } = put([{ ...serial, agent: 'kyc' }])
    expect(changed).toBe(true)
    expect(mode).toEqual({
      revision: 1,
      default: 'parallel',
      rules: [
        {
          id: expect.stringMatching(/^rule_[0-9a-f]{8}$/),
          environment: null,
          agent: 'kyc',
          tool: null,
          mode: 'serial',
          percentage: null,
          expires_at: null,
          reason: null,
          guard: null,
          set_by: 'local',
          set_at: NOW_MS,
        },
      ],
    })
    expect(readMode(store.db)).toEqual(mode)
  })

  it('must be made from the revision in force', () => {
    put([serial])
    expect(() => put([serial], { revision: 0 })).toThrow(refusal(409, 'revision'))
    expect(() => put([serial], { revision: 2 })).toThrow(refusal(409, 'revision'))
    expect(readMode(store.db).revision).toBe(1)
  })

  it('changes nothing when it says the same, with its ids or without', () => {
    const rules = [serial, serial, { ...serial, agent: 'kyc', reason: 'a race' }]
    const { mode } = put(rules)
    for (const again of [mode.rules, rules, [...rules.slice(0, 2), ...mode.rules.slice(2)]]) {
      expect(put(again, { reason: 'again' }, NOW_MS + 1)).toMatchObject({ mode, changed: false })
    }
    expect(readModeAudit(store.db, 10).entries).toHaveLength(1)
  })

  it('keeps who set a rule and when, as long as the rule stays as it is', () => {
    const { mode } = put([{ ...serial, agent: 'kyc' }])
    const next = put([...mode.rules, { ...serial, agent: 'triage' }], {}, NOW_MS + 5)
    expect(next.mode.rules[0]).toEqual(mode.rules[0])
    expect(next.mode.rules[1]?.set_at).toBe(NOW_MS + 5)
  })

  it('may not have one id twice', () => {
    expect(() =>
      put([
        { ...serial, id: 'a' },
        { ...serial, id: 'a' },
      ]),
    ).toThrow(refusal(400, 'rules[1].id'))
  })

  it('may not have a new rule that has already ended', () => {
    expect(() => put([{ ...serial, expires_at: NOW_MS }])).toThrow(refusal(400, 'rules[0].expires_at'))
  })
})

describe('a change that loosens', () => {
  it('needs a reason, which may stand beside the list or in the rule that changes', () => {
    const { mode } = put([{ ...serial, id: 'a' }])
    expect(() => put([])).toThrow(refusal(400, 'reason'))
    expect(() => put([{ mode: 'reads-only', id: 'a' }])).toThrow(refusal(400, 'reason'))
    expect(readMode(store.db)).toEqual(mode)
    put([{ mode: 'reads-only', id: 'a', reason: 'the writes are safe' }])
    put([], { reason: 'all of it is safe' })
    const reasons = readModeAudit(store.db, 10).entries.map(({ reason }) => reason)
    expect(reasons).toEqual(['all of it is safe', 'the writes are safe', null])
  })

  it('is not one that tightens', () => {
    put([{ mode: 'reads-only', id: 'a' }])
    put([{ ...serial, id: 'a' }])
    put([
      { ...serial, id: 'a' },
      { ...serial, tool: 'refund', agent: 'kyc' },
    ])
    expect(readMode(store.db).revision).toBe(3)
  })
})

describe('a rule with an end', () => {
  it('ends by itself, with a line of the audit trail, and once', () => {
    put([
      { ...serial, id: 'emergency', expires_at: NOW_MS + 1_000 },
      { mode: 'reads-only', id: 'stays' },
    ])
    const expire = (nowMs: number) => store.log.transaction(() => expireRules(store.db, nowMs))
    expect(expire(NOW_MS + 999).changed).toBe(false)
    const { mode, changed } = expire(NOW_MS + 1_000)
    expect(changed).toBe(true)
    expect(mode.rules.map(({ id }) => id)).toEqual(['stays'])
    expect(expire(NOW_MS + 2_000).changed).toBe(false)
    const [line] = readModeAudit(store.db, 10).entries
    expect(line).toMatchObject({
      action: 'expire',
      by: 'expiry',
      reason: null,
      at: NOW_MS + 1_000,
      summary: expect.stringContaining('removed'),
    })
    expect(readModeAudit(store.db, 10).intact).toBe(true)
  })
})

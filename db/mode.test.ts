import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ModeRule } from '#lib/contract/mode.ts'
import { createTempLog, type TempLog } from '../tests/testing/temp-log.ts'
import { appendModeRevision, type ModeChange, readMode, readModeAudit } from './mode.ts'

let store: TempLog
beforeEach(() => {
  store = createTempLog()
})
afterEach(() => store[Symbol.dispose]())

const rule = (id: string): ModeRule => ({
  id,
  environment: null,
  agent: 'support',
  tool: null,
  mode: 'serial',
  percentage: null,
  expires_at: null,
  reason: 'a race on "orders" — 競合',
  guard: null,
  set_by: 'local',
  set_at: 1_790_000_000_000.5,
})

function append(after: readonly ModeRule[], change: Partial<ModeChange> = {}) {
  const before = readMode(store.db).rules
  return store.log.transaction(() =>
    appendModeRevision(store.db, {
      atUs: 1_790_000_000_000_123,
      setBy: 'local',
      action: 'set',
      reason: null,
      summary: 'support to serial',
      before,
      after,
      ...change,
    }),
  )
}

describe('the audit trail', () => {
  it('begins with revision 0 and no rules', () => {
    expect(readMode(store.db)).toEqual({ revision: 0, default: 'parallel', rules: [] })
    expect(readModeAudit(store.db, 10)).toEqual({
      entries: [],
      intact: true,
      lines: 0,
      head_hash: null,
      first_broken: null,
    })
  })

  it('gives back every revision as it was written, newest first', () => {
    expect(append([rule('a')]).revision).toBe(1)
    append([rule('a'), rule('b')], { reason: 'why' })
    append([], { action: 'expire', setBy: 'expiry' })
    expect(readMode(store.db)).toEqual({ revision: 3, default: 'parallel', rules: [] })
    const { entries, intact } = readModeAudit(store.db, 2)
    expect(intact).toBe(true)
    expect(entries.map(({ revision, action, by }) => [revision, action, by])).toEqual([
      [3, 'expire', 'expiry'],
      [2, 'set', 'local'],
    ])
    expect(entries[1]).toMatchObject({
      at: 1_790_000_000_000.123,
      reason: 'why',
      before: [rule('a')],
      after: [rule('a'), rule('b')],
    })
    expect(entries[0]?.previous_hash).toBe(entries[1]?.hash)
  })

  it('stays whole when a text was cut in the middle of a character', () => {
    append([rule('a')], { reason: 'cut \ud83e', summary: '\udd37 cut', setBy: 'x\ud800' })
    append([rule('b')])
    expect(readModeAudit(store.db, 10)).toMatchObject({ intact: true, lines: 2 })
  })

  it.each([
    ['who', "update mode_revisions set set_by = 'nobody' where revision = 2"],
    ['when', 'update mode_revisions set at_us = at_us + 1 where revision = 2'],
    ['why', "update mode_revisions set reason = 'another' where revision = 2"],
    ['what', "update mode_revisions set after = '[]' where revision = 2"],
    ['a line in the middle', 'delete from mode_revisions where revision = 2'],
    ['the first line', 'delete from mode_revisions where revision = 1'],
    ['the order', 'update mode_revisions set revision = revision + 10 where revision = 2'],
    ['a hash', "update mode_revisions set hash = 'f' || substr(hash, 2) where revision = 2"],
  ])('shows that somebody has changed %s', (_, tamper) => {
    append([rule('a')])
    append([rule('b')])
    append([rule('c')])
    expect(readModeAudit(store.db, 10).intact).toBe(true)
    store.db.prepare(tamper).run()
    expect(readModeAudit(store.db, 10).intact).toBe(false)
  })
})

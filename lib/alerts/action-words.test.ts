import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertAction } from '#lib/contract/alerts.ts'
import { ALERT_STATUSES } from '#lib/model/alert.ts'
import { type ActionName, describeAction, listActions, undoOf } from './action-words.ts'
import { alertOf, detailOf } from './alert.test-util.ts'
import { judgeAction } from './judge-action.ts'
import { computeStanding, type PersonAction } from './status.ts'

const UNTIL_MS = 900_000

function toAction(name: ActionName): AlertAction {
  if (name === 'silence') return { action: name, until: UNTIL_MS }
  return name === 'note' ? { action: name, note: 'n' } : { action: name }
}

function standingAfter(actions: readonly AlertAction[], nowMs: number) {
  const done = actions.map(
    (action, index): PersonAction => ({
      action: action.action,
      atUs: (index + 1) * 1000,
      by: 'local',
      note: null,
      untilUs: action.action === 'silence' ? action.until * 1000 : null,
    }),
  )
  const life = {
    confirmedUs: 500,
    resolvedUs: null,
    events: [{ event: 'opened', atUs: 500 }],
    actions: done,
  } as const
  return computeStanding(life, false, nowMs * 1000)
}

describe('what can be done', () => {
  it('is never refused by the server, and changes something', () => {
    const names: readonly ActionName[] = [
      'acknowledge',
      'unacknowledge',
      'silence',
      'unsilence',
      'resolve',
      'reopen',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { maxLength: 6 }), (past) => {
        const actions = past.map(toAction)
        const standing = standingAfter(actions, 100)
        for (const name of listActions(standing.status)) {
          expect(judgeAction(standing, toAction(name), 100).verdict).toBe('write')
        }
      }),
    )
  })

  it('can be taken back to the status of before, but for a note', () => {
    const paths: readonly ActionName[][] = [[], ['acknowledge'], ['silence'], ['resolve']]
    for (const past of paths) {
      const before = standingAfter(past.map(toAction), 100)
      const alert = alertOf({
        status: before.status,
        silenced_until: before.silencedUntilUs === null ? null : before.silencedUntilUs / 1000,
      })
      for (const name of listActions(before.status)) {
        const back = undoOf(name, alert, 100)
        expect(back, `${name} after ${past}`).not.toBeNull()
        const after = standingAfter([...past.map(toAction), toAction(name), back as AlertAction], 100)
        // Whoever resolves an alert has let go of it: reopened, it waits for somebody again.
        const expected = name === 'resolve' && before.status === 'acknowledged' ? 'open' : before.status
        expect(after.status, `${name} after ${past}`).toBe(expected)
      }
    }
    expect(undoOf('note', alertOf(), 100)).toBeNull()
  })

  it('says what it touches before it is done, in whole sentences', () => {
    for (const status of ALERT_STATUSES) {
      for (const name of [...listActions(status), 'note' as const]) {
        const lines = describeAction(name, detailOf({ status }), 'until 04:00')
        expect(lines.length).toBeGreaterThan(0)
        for (const line of lines) expect(line).toMatch(/^[A-Z].*\.$/)
      }
    }
  })

  it('names the alerts that lose their explanation', () => {
    const children = [alertOf({ id: 'c', status: 'muted' })]
    expect(describeAction('resolve', detailOf({ children }), '').join(' ')).toContain(
      '1 alert that it explained',
    )
  })
})

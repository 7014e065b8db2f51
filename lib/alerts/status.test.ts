import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertAction } from '#lib/contract/alerts.ts'
import { judgeAction } from './judge-action.ts'
import { type AlertLife, computeStanding, listHistory, type PersonAction } from './status.ts'

const NOW_US = 1_000_000

function act(action: PersonAction['action'], atUs: number, untilUs: number | null = null): PersonAction {
  return { action, atUs, by: 'local', note: null, untilUs }
}

function lifeOf(change: Partial<AlertLife> = {}): AlertLife {
  return {
    confirmedUs: 10,
    resolvedUs: null,
    events: [{ event: 'opened', atUs: 10 }],
    actions: [],
    ...change,
  }
}

const statusOf = (life: AlertLife, isParentCurrent = false) =>
  computeStanding(life, isParentCurrent, NOW_US).status

describe('the status of an alert', () => {
  it('is open until something happens to it', () => {
    expect(computeStanding(lifeOf(), false, NOW_US)).toEqual({
      status: 'open',
      resolvedUs: null,
      resolvedBy: null,
      silencedUntilUs: null,
      acknowledged: false,
      reopened: 0,
    })
  })

  it('is resolved as soon as evidence speaks against it, whatever persons did', () => {
    const actions = [act('acknowledge', 20), act('silence', 30, NOW_US * 2)]
    const standing = computeStanding(lifeOf({ resolvedUs: 40, actions }), true, NOW_US)
    expect(standing).toMatchObject({ status: 'resolved', resolvedUs: 40, resolvedBy: 'evidence' })
  })

  it('stays resolved by hand until evidence speaks for it again', () => {
    const actions = [act('resolve', 50)]
    expect(computeStanding(lifeOf({ actions, confirmedUs: 50 }), false, NOW_US)).toMatchObject({
      status: 'resolved',
      resolvedUs: 50,
      resolvedBy: 'hand',
    })
    expect(computeStanding(lifeOf({ actions, confirmedUs: 51 }), false, NOW_US)).toMatchObject({
      status: 'open',
      resolvedUs: null,
      reopened: 1,
    })
  })

  it('is silenced until the end of the silence, also when it comes back meanwhile, and open after it', () => {
    const actions = [act('silence', 20, NOW_US + 1), act('resolve', 30)]
    const back = lifeOf({ actions, confirmedUs: 40 })
    expect(computeStanding(back, false, NOW_US)).toMatchObject({
      status: 'silenced',
      silencedUntilUs: NOW_US + 1,
    })
    expect(computeStanding(back, false, NOW_US + 1)).toMatchObject({ status: 'open', silencedUntilUs: null })
    expect(statusOf(lifeOf({ actions: [act('silence', 20, NOW_US + 1), act('unsilence', 21)] }))).toBe('open')
  })

  it('is muted while the alert that explains it is current, except when it is resolved itself', () => {
    expect(statusOf(lifeOf({ actions: [act('acknowledge', 20)] }), true)).toBe('muted')
    expect(statusOf(lifeOf({ actions: [act('resolve', 20)] }), true)).toBe('resolved')
  })

  it('forgets an acknowledgement when it is opened again', () => {
    const actions = [act('acknowledge', 20)]
    expect(statusOf(lifeOf({ actions, confirmedUs: 900 }))).toBe('acknowledged')
    const events = [
      { event: 'opened', atUs: 10 },
      { event: 'recovered', atUs: 30 },
      { event: 'reopened', atUs: 40 },
    ] as const
    expect(statusOf(lifeOf({ actions, events, confirmedUs: 40 }))).toBe('open')
    const reopened = [act('acknowledge', 20), act('resolve', 30), act('reopen', 40)]
    expect(computeStanding(lifeOf({ actions: reopened }), false, NOW_US)).toMatchObject({
      status: 'open',
      reopened: 1,
    })
  })
})

describe('the history of an alert', () => {
  it('is told once for each thing that happened, oldest first', () => {
    const events = [
      { event: 'opened', atUs: 10 },
      { event: 'recovered', atUs: 60 },
    ] as const
    const actions = [act('acknowledge', 20), act('resolve', 30)]
    const history = listHistory(lifeOf({ events, actions, confirmedUs: 55, resolvedUs: 60 }))
    expect(history.map(({ event, atUs, by }) => [event, atUs, by])).toEqual([
      ['opened', 10, 'evidence'],
      ['acknowledged', 20, 'local'],
      ['resolved', 30, 'local'],
      ['reopened', 55, 'evidence'],
      ['recovered', 60, 'evidence'],
    ])
  })

  it('does not tell twice of a return that evidence told of', () => {
    const events = [
      { event: 'opened', atUs: 10 },
      { event: 'recovered', atUs: 40 },
      { event: 'reopened', atUs: 50 },
    ] as const
    const life = lifeOf({ events, actions: [act('resolve', 30)], confirmedUs: 55 })
    expect(listHistory(life).filter(({ event }) => event === 'reopened')).toHaveLength(1)
  })
})

const NAMES = ['acknowledge', 'unacknowledge', 'silence', 'unsilence', 'resolve', 'reopen', 'note'] as const

describe('judging an action', () => {
  const done = (name: (typeof NAMES)[number], note: string | null = null) =>
    (name === 'silence'
      ? { action: name, until: 5_000, note }
      : { action: name, note: note ?? 'n' }) as AlertAction

  it('lets the same action again change nothing, in every life that a person can lead an alert through', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...NAMES), { maxLength: 12 }), (names) => {
        const actions: PersonAction[] = []
        for (const [i, name] of names.entries()) {
          const nowUs = (i + 1) * 1000
          const action = name === 'note' ? done(name) : { ...done(name), note: null }
          const before = computeStanding(lifeOf({ actions }), false, nowUs)
          if (judgeAction(before, action as AlertAction, nowUs / 1000).verdict !== 'write') continue
          actions.push(act(name, nowUs, name === 'silence' ? 5_000_000 : null))
          const after = computeStanding(lifeOf({ actions }), false, nowUs)
          const again = judgeAction(after, action as AlertAction, nowUs / 1000).verdict
          expect(again).toBe(name === 'note' ? 'write' : 'nothing')
        }
      }),
    )
  })

  it('refuses what cannot be, and says which field is at fault', () => {
    const open = computeStanding(lifeOf(), false, NOW_US)
    const over = computeStanding(lifeOf({ resolvedUs: 20 }), false, NOW_US)
    expect(judgeAction(open, { action: 'silence', until: 900 }, 1000)).toMatchObject({
      status: 400,
      path: 'until',
    })
    for (const action of [
      { action: 'acknowledge' },
      { action: 'silence', until: 2000 },
      { action: 'reopen' },
      { action: 'resolve', note: 'again' },
    ] as const)
      expect(judgeAction(over, action, 1000)).toMatchObject({
        verdict: 'refuse',
        status: 409,
        path: 'action',
      })
    expect(judgeAction(over, { action: 'resolve' }, 1000)).toEqual({ verdict: 'nothing' })
    expect(judgeAction(over, { action: 'note', note: 'why' }, 1000)).toEqual({ verdict: 'write' })
  })

  it('takes an acknowledgement back, and only one that holds', () => {
    const actions = [act('acknowledge', 20)]
    const known = computeStanding(lifeOf({ actions }), false, NOW_US)
    expect(judgeAction(known, { action: 'unacknowledge' }, 1000).verdict).toBe('write')
    const back = computeStanding(lifeOf({ actions: [...actions, act('unacknowledge', 30)] }), false, NOW_US)
    expect(back).toMatchObject({ status: 'open', acknowledged: false, reopened: 0 })
    expect(judgeAction(back, { action: 'unacknowledge' }, 1000).verdict).toBe('nothing')
  })

  it('takes a note along with what has been done before', () => {
    const known = computeStanding(lifeOf({ actions: [act('acknowledge', 20)] }), false, NOW_US)
    expect(judgeAction(known, { action: 'acknowledge' }, 1000).verdict).toBe('nothing')
    expect(judgeAction(known, { action: 'acknowledge', note: 'mine' }, 1000).verdict).toBe('write')
  })
})

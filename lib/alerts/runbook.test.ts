import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALERT_KINDS } from '#lib/model/alert.ts'
import { alertOf, anyAlert, evidenceOf } from './alert.test-util.ts'
import type { ToolEffects } from './lever.ts'
import { describeVerdict, prepareRunbook } from './runbook.ts'

const NONE: ToolEffects = new Map()
const version = {
  kind: 'version',
  value: '4.12.0',
  before: '4.11.3',
  odds: 1900,
  because: 'all of it',
} as const

describe('the verdict', () => {
  it('names what to stop and what to go back to when a deploy is the suspect', () => {
    const verdict = describeVerdict(
      alertOf({
        suspect: version,
        evidence: evidenceOf({ suspects: [version], lost_ms_per_batch: 1440 }),
      }),
      NONE,
    )
    expect(verdict).toBe(
      'It came with the deploy of 4.12.0: stop its rollout, or go back to 4.11.3. Turns take 1.44 s longer; nothing fails because of it.',
    )
  })

  it('keeps racing calls apart before it speaks of the deploy that brought them', () => {
    const verdict = describeVerdict(
      alertOf({
        kind: 'conflict',
        key: { tools: ['get_order', 'update_order'] },
        suspect: version,
        evidence: evidenceOf({ suspects: [version] }),
      }),
      new Map([
        ['get_order', 'read'],
        ['update_order', 'write'],
      ]),
    )
    expect(verdict).toMatch(
      /^Two calls touch one resource .* run update_order alone\. It came with the deploy/,
    )
    expect(verdict).toMatch(/Data may be wrong: act on this one now\.$/)
  })

  it('lets whoever was woken by missed parallelism sleep', () => {
    expect(describeVerdict(alertOf({ kind: 'missed' }), NONE)).toContain('it can wait for the morning')
  })

  it('asks nothing of anybody once it is over', () => {
    expect(describeVerdict(alertOf({ kind: 'conflict', status: 'resolved' }), NONE)).toMatch(
      /^It is over: nothing need be pressed\./,
    )
  })

  it('is whole sentences without a gap, whatever the alert', () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        const verdict = describeVerdict(alert, NONE)
        expect(verdict).toMatch(/\.$/)
        expect(verdict).not.toMatch(/undefined|\[object/)
        expect(verdict.length).toBeLessThan(600)
      }),
    )
  })
})

describe('the steps', () => {
  it.each(ALERT_KINDS)('of %s are numbered by title alone, and the first can be done at once', (kind) => {
    const steps = prepareRunbook(alertOf({ kind, key: { tool: 'a', sibling: 'b' } }), NONE)
    expect(steps.length).toBeGreaterThanOrEqual(4)
    expect(new Set(steps.map((step) => step.title)).size).toBe(steps.length)
    for (const step of steps) expect(step.text).toMatch(/[.]$/)
  })

  it('hold the names of the alert and no gap, however long the names are', () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        for (const { title, text, links } of prepareRunbook(alert, NONE)) {
          expect(`${title} ${text}`).not.toMatch(/undefined|null|\[object/)
          expect(title.length + text.length).toBeLessThan(900)
          expect(new Set(links.map((link) => link.target)).size).toBe(links.length)
        }
      }),
      // Names may happen to hold the very words that are looked for.
      { examples: [], numRuns: 200 },
    )
  })
})

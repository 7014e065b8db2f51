import { describe, expect, it } from 'vitest'
import { alertOf, ONSET_MS } from './alert.test-util.ts'
import { alertBadBatchParams, alertBatchParams, alertWindow } from './scope.ts'

const HOUR_MS = 3_600_000

describe('the window of an alert', () => {
  it('is open while the alert is, and shows a quarter of an hour before the onset at least', () => {
    expect(alertWindow(alertOf())).toEqual({ fromMs: ONSET_MS - HOUR_MS / 4, toMs: null })
  })

  it('closes with the alert, and shows as much before as it lasted, up to a day', () => {
    const resolved_at = ONSET_MS + 4 * HOUR_MS
    expect(alertWindow(alertOf({ resolved_at }))).toEqual({
      fromMs: ONSET_MS - 4 * HOUR_MS,
      toMs: resolved_at + HOUR_MS,
    })
    expect(alertWindow(alertOf({ resolved_at: ONSET_MS + 99 * HOUR_MS })).fromMs).toBe(
      ONSET_MS - 24 * HOUR_MS,
    )
  })
})

describe('the batches of an alert', () => {
  it('are those of its scope: agent, environment, and all tools of its key at once', () => {
    const alert = alertOf({ key: { tools: ['a', 'b'] } })
    expect(alertBatchParams(alert)).toMatchObject({
      agent: ['support'],
      environment: ['production'],
      tool: ['a', 'b'],
      tool_match: 'all',
    })
    expect(alertBatchParams({ ...alert, agent: '*', key: {} })).toMatchObject({
      agent: [],
      tool: [],
      tool_match: null,
    })
  })

  it('that are bad begin at the onset and are of the first bad version', () => {
    expect(alertBadBatchParams(alertOf({ first_bad_version: '4.12.0' }))).toMatchObject({
      from: ONSET_MS,
      version: ['4.12.0'],
      model: [],
    })
  })
})

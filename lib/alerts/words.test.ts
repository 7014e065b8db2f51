import { describe, expect, it } from 'vitest'
import { describeEvent, describeKey, formatEffectValue, formatInterval, formatOdds } from './words.ts'

const effect = {
  measure: 'wall time',
  unit: 'ms',
  before: 640,
  after: 1500,
  change_low: 802,
  change_high: 914,
  n_before: 10,
  n_after: 5,
} as const

describe('odds', () => {
  it('claim two digits at most, and no more certainty than a model has', () => {
    expect(formatOdds(6837.4)).toBe('6,800 to 1')
    expect(formatOdds(1.4)).toBe('1 to 1')
    expect(formatOdds(40)).toBe('40 to 1')
    expect(formatOdds(5_200_000)).toBe('over 1 M to 1')
    expect(formatOdds(0.02)).toBe('1 to 50')
    expect(formatOdds(0)).toBe('under 1 to 1 M')
    expect(formatOdds(Number.NaN)).toBe('odds unknown')
  })
})

describe('an effect', () => {
  it('is written in its unit, and unknown where it is', () => {
    expect(formatEffectValue(effect, 1500)).toBe('1.50 s')
    expect(formatEffectValue({ unit: 'ratio' }, 0.021)).toBe('2.1 %')
    expect(formatEffectValue({ unit: 'calls' }, 2.75)).toBe('2.75')
    expect(formatEffectValue(effect, null)).toBe('unknown')
  })

  it('says the unit of an interval once where both ends have it, and both signs', () => {
    expect(formatInterval(effect)).toBe('+802 to +914 ms')
    expect(formatInterval({ ...effect, change_high: 1200 })).toBe('+802 ms to +1.20 s')
    expect(formatInterval({ ...effect, unit: 'ratio', change_low: 0.44, change_high: 0.997 })).toBe(
      '+44 to +100 pp',
    )
    expect(formatInterval({ ...effect, change_low: -3, change_high: 4 })).toBe('\u22123.00 to +4.00 ms')
    expect(formatInterval({ ...effect, change_low: null })).toBeNull()
  })
})

describe('names', () => {
  it('of a key are the pair, the tools or the signature', () => {
    expect(describeKey({ key: { tool: 'a', sibling: 'b' } })).toBe('a beside b')
    expect(describeKey({ key: { tools: ['a', 'b'] } })).toBe('a + b')
    expect(describeKey({ key: { signature: 'a+b' } })).toBe('a+b')
    expect(describeKey({ key: {} })).toBeNull()
  })

  it('stand in the history only where a person did it', () => {
    const moment = () => '04:00'
    const line = { at: 0, note: null, until: null }
    expect(describeEvent({ ...line, event: 'opened', by: 'evidence' }, moment)).toBe('detected')
    expect(describeEvent({ ...line, event: 'silenced', by: 'mira', until: 1 }, moment)).toBe(
      'silenced until 04:00 by mira',
    )
    expect(describeEvent({ ...line, event: 'reopened', by: 'evidence' }, moment)).toBe('came back')
    expect(describeEvent({ ...line, event: 'reopened', by: 'mira' }, moment)).toBe('opened again by mira')
  })
})

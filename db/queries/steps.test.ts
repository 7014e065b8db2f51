import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GRAIN_US } from '#lib/stats/marginals.ts'
import { chooseSteps, describeSteps, stepOf } from './steps.ts'

const fromUs = fc.integer({ min: 0, max: 2e15 })
const lengthUs = fc.oneof(
  fc.integer({ min: 1, max: 1e8 }),
  fc.integer({ min: 1, max: 1e12 }),
  fc.integer({ min: 1, max: 3e15 }),
)

describe('chooseSteps', () => {
  it('holds the whole span in no more steps than asked for', () => {
    fc.assert(
      fc.property(fromUs, lengthUs, fc.integer({ min: 24, max: 100 }), (from, length, max) => {
        const { stepUs, first, end } = chooseSteps(from, from + length, max)
        expect(first * stepUs).toBeLessThanOrEqual(from)
        expect(end * stepUs).toBeGreaterThanOrEqual(from + length)
        expect(end - first).toBeLessThanOrEqual(max)
      }),
    )
  })

  it('takes whole hours from the hour on, and whole days from the day on', () => {
    fc.assert(
      fc.property(fromUs, lengthUs, (from, length) => {
        const { stepUs } = chooseSteps(from, from + length, 60, GRAIN_US.hour)
        expect(stepUs % GRAIN_US.hour).toBe(0)
        if (stepUs >= GRAIN_US.day) expect(stepUs % GRAIN_US.day).toBe(0)
      }),
    )
  })

  it('divides a week, so that weeks can be laid over each other', () => {
    for (const days of [1, 2, 7, 14, 30, 60]) {
      const { stepUs } = chooseSteps(1e15, 1e15 + days * GRAIN_US.day, 60, GRAIN_US.hour)
      expect((7 * GRAIN_US.day) % stepUs).toBe(0)
    }
  })
})

describe('describeSteps', () => {
  it('cuts the window into steps that touch, each with the instants that count in it', () => {
    fc.assert(
      fc.property(fromUs, lengthUs, (from, length) => {
        const steps = chooseSteps(from, from + length, 60)
        const described = describeSteps(steps, { fromUs: from, toUs: from + length }, (step) => ({ step }))
        expect(described[0]?.from).toBe(from / 1000)
        expect(described.at(-1)?.to).toBe((from + length) / 1000)
        for (const [i, { from: at, to, step }] of described.entries()) {
          expect(to).toBe(described[i + 1]?.from ?? (from + length) / 1000)
          expect(stepOf(steps, Math.round(at * 1000))).toBe(step)
        }
      }),
    )
  })

  it('has no step outside of what is covered', () => {
    const steps = chooseSteps(0, 60e6, 60)
    expect(describeSteps(steps, { fromUs: 30e6, toUs: 30e6 }, () => ({}))).toEqual([])
    expect(describeSteps(steps, { fromUs: 59_500_000, toUs: null }, () => ({}))).toEqual([
      { from: 59_500, to: 60_000 },
    ])
  })
})

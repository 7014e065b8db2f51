import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TimeWindow } from '#lib/timeline/model.ts'
import { GanttEngine } from './gantt-engine.ts'

/** Frames that a test lets pass by hand. */
function makeHost(prefersStill = false) {
  const frames = new Map<number, (nowMs: number) => void>()
  const settled: (TimeWindow | null)[] = []
  let next = 0
  let nowMs = 0
  return {
    settled,
    pass(ms: number) {
      nowMs += ms
      const due = [...frames.values()]
      frames.clear()
      for (const callback of due) callback(nowMs)
    },
    host: {
      requestFrame: (callback: (nowMs: number) => void) => {
        next += 1
        frames.set(next, callback)
        return next
      },
      cancelFrame: (handle: number) => void frames.delete(handle),
      prefersStill: () => prefersStill,
      onSettle: (window: TimeWindow | null) => void settled.push(window),
    },
  }
}

const EXTENT = { fromUs: 0, toUs: 750_000 }

function makeEngine(prefersStill = false) {
  const host = makeHost(prefersStill)
  const engine = new GanttEngine(host.host)
  engine.resize(EXTENT, 1000, 250)
  return { ...host, engine }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('begins with everything, and a view of everything stays one when the plot changes its width', () => {
  const { engine } = makeEngine()
  expect(engine.getState().window).toEqual({ fromUs: 0, toUs: 1_000_000 })
  engine.resize(EXTENT, 500, 0)
  expect(engine.getState().window).toEqual({ fromUs: 0, toUs: 750_000 })
})

test('a window asked for before the plot is laid out is the one that is shown first', () => {
  const { host } = makeHost()
  const engine = new GanttEngine(host)
  engine.moveTo({ fromUs: 100, toUs: 300 }, 'smooth')
  engine.resize(EXTENT, 1000, 0)
  expect(engine.getState().window).toEqual({ fromUs: 100, toUs: 300 })
})

test('a smooth move passes through the windows between and ends exactly where it was sent', () => {
  const { engine, pass } = makeEngine()
  engine.moveTo({ fromUs: 200_000, toUs: 400_000 }, 'smooth')
  pass(0)
  pass(80)
  const { window } = engine.getState()
  expect(window.fromUs > 0 && window.fromUs < 200_000).toBe(true)
  pass(80)
  expect(engine.getState().window).toEqual({ fromUs: 200_000, toUs: 400_000 })
})

test('whoever prefers stillness gets the end at once', () => {
  const { engine } = makeEngine(true)
  engine.moveTo({ fromUs: 1000, toUs: 2000 }, 'smooth')
  expect(engine.getState().window).toEqual({ fromUs: 1000, toUs: 2000 })
})

test('keys pressed in quick succession add up', () => {
  const { engine, pass } = makeEngine()
  for (let press = 0; press < 3; press++) engine.zoom(2, 500_000, 'smooth')
  pass(0)
  pass(200)
  const { window } = engine.getState()
  expect(window.toUs - window.fromUs).toBeCloseTo(125_000, 3)
})

test('the address hears of a window once, when it has come to rest, and of none when everything shows', () => {
  const { engine, pass, settled } = makeEngine()
  for (let step = 0; step < 5; step++) engine.zoom(1.1, 0, 'now')
  expect(settled).toEqual([])
  vi.runAllTimers()
  expect(settled).toHaveLength(1)
  engine.moveTo(null, 'smooth')
  pass(0)
  vi.advanceTimersByTime(1000)
  expect(settled).toHaveLength(1)
  pass(200)
  vi.runAllTimers()
  expect(settled.at(-1)).toBeNull()
})

test('panning moves by px and stops at the bounds', () => {
  const { engine } = makeEngine()
  engine.moveTo({ fromUs: 0, toUs: 100_000 }, 'now')
  engine.pan(100, 'now')
  expect(engine.getState().window.fromUs).toBeCloseTo(10_000, 6)
  engine.pan(1e9, 'now')
  expect(engine.getState().window.toUs).toBe(1_000_000)
})

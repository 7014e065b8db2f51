import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeIdealSchedule } from '../../../lib/intervals/ideal-schedule.ts'
import { type PlayedBatch, type PlayedCall, play, toTasks } from './play.test-util.ts'
import { tighter } from './scheduler.ts'

const MODES = ['parallel', 'reads-only', 'serial'] as const
const EFFECTS = ['read', 'write', 'read-modify-write', 'unknown'] as const
const IDS = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'nobody']

const call = fc.record({
  tool: fc.constantFrom('a', 'b', 'c'),
  effect: fc.constantFrom(...EFFECTS),
  mode: fc.option(fc.constantFrom(...MODES)),
  depends_on: fc.array(fc.constantFrom(...IDS), { maxLength: 3 }),
  duration_ms: fc.integer({ min: 1, max: 100 }),
})

const batch: fc.Arbitrary<PlayedBatch> = fc.record({
  intent: fc.record({
    mode: fc.constantFrom(...MODES),
    concurrency: fc.option(fc.integer({ min: 1, max: 4 })),
    tool_caps: fc.option(fc.dictionary(fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 2 }))),
  }),
  calls: fc
    .array(call, { minLength: 1, maxLength: 8 })
    .map((calls) => calls.map((item, seq) => ({ ...item, seq, call_id: `c${seq}` }))),
})

function overlap(starts: Record<string, number>, a: PlayedCall, b: PlayedCall): boolean {
  const [startA, startB] = [starts[a.call_id] ?? 0, starts[b.call_id] ?? 0]
  return startA < startB + b.duration_ms && startB < startA + a.duration_ms
}

describe('Scheduler', () => {
  it('starts every call exactly when the measures call it ideal', () => {
    const property = fc.property(batch, ({ intent, calls }) => {
      const ideal = computeIdealSchedule({
        mode: intent.mode,
        concurrency: intent.concurrency,
        toolCaps: intent.tool_caps && new Map(Object.entries(intent.tool_caps)),
        calls: calls.map((item) => ({
          callId: item.call_id,
          attempt: 1,
          seq: item.seq,
          tool: item.tool,
          effect: item.effect,
          mode: item.mode,
          dependsOn: item.depends_on,
          startUs: 0,
          durationUs: item.duration_ms,
          heldUs: null,
        })),
      })
      const starts = play({ intent, calls })
      expect(calls.map((item) => starts[item.call_id])).toEqual(ideal.startsUs)
    })
    fc.assert(property, { numRuns: 5_000 })
  })

  it('never overlaps what a mode keeps apart, never exceeds a cap, and starts every call', () => {
    const property = fc.property(batch, ({ intent, calls }) => {
      const starts = play({ intent, calls })
      expect(Object.keys(starts).length).toBe(calls.length)
      for (const a of calls) {
        const siblings = calls.filter((b) => b !== a && overlap(starts, a, b))
        const atStart = siblings.filter((b) => (starts[b.call_id] ?? 0) <= (starts[a.call_id] ?? 0))
        expect(atStart.length).toBeLessThan(intent.concurrency ?? Number.POSITIVE_INFINITY)
        const sameTool = atStart.filter((b) => b.tool === a.tool)
        expect(sameTool.length).toBeLessThan(intent.tool_caps?.[a.tool] ?? Number.POSITIVE_INFINITY)
        const mode = tighter(intent.mode, a.mode ?? 'parallel')
        if (mode === 'serial') expect(siblings).toEqual([])
        if (mode === 'reads-only' && a.effect !== 'read') expect(siblings).toEqual([])
        if (mode === 'reads-only') expect(siblings.filter((b) => b.effect !== 'read')).toEqual([])
      }
    })
    fc.assert(property, { numRuns: 3_000 })
  })

  it('is not held up by a batch whose edges all close cycles', () => {
    const ids = Array.from({ length: 400 }, (_, seq) => `c${seq}`)
    const calls = ids.map((call_id, seq) => ({
      call_id,
      seq,
      tool: 'a',
      effect: 'read' as const,
      mode: null,
      depends_on: ids.toReversed(),
      duration_ms: 1,
    }))
    const intent = { mode: 'reads-only' as const, concurrency: null, tool_caps: null }
    expect(Object.keys(play({ intent, calls })).length).toBe(400)
    expect(toTasks({ intent, calls })[0]?.waits).toBe(399)
  })
})

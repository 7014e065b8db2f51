import { expect, it } from 'vitest'
import { Stopwatch } from './stopwatch.ts'

it('does the work, all of it, and shares its cost out among its parts', () => {
  const stopwatch = new Stopwatch()
  const done: string[] = []
  const part = stopwatch.part('part', (name: string) => {
    for (let i = 0; i < 200_000; i++) Math.sqrt(i)
    done.push(name)
  })
  const whole = stopwatch.whole((name: string) => part(name))
  const names = Array.from({ length: 40 }, (_, i) => `${i}`)
  for (const name of names) whole(name)
  expect(done).toEqual(names)
  const { total, parts } = stopwatch.read(names.length)
  expect(total).toBeGreaterThan(0)
  expect(Object.keys(parts)).toEqual(['part'])
  expect(parts.part).toBeGreaterThan(0)
  expect(parts.part).toBeLessThanOrEqual(total)
})

it('has nothing to tell of no work', () => {
  expect(new Stopwatch().read(0)).toEqual({ total: 0, parts: {} })
})

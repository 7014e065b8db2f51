import { expect, it } from 'vitest'
import { runCrashRound } from './testing/crash-round.ts'
import { createRandom } from './testing/random.ts'

/** The trial, `npm run trial:crash`, does this a hundred times. */
const KILLS = 3

it('keeps every acknowledged batch once and as it was sent, however it is killed', async () => {
  const { findings } = await runCrashRound(KILLS, createRandom(20_260_119))
  expect(findings.flatMap(({ broken }) => broken)).toEqual([])
  expect(findings).toHaveLength(KILLS + 1)
  const last = findings.at(-1)
  expect(last?.acknowledged).toBeGreaterThan(100)
  expect(last?.stored).toBe(last?.acknowledged)
})

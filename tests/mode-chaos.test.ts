import { describe, expect, it } from 'vitest'
import { runModeChaos } from './testing/mode-chaos.ts'
import { createRandom } from './testing/random.ts'

/*
 * On real sockets, with the published package and a server that is killed. That it takes no longer than 5 s is
 * held to the millisecond in sdk/src/mode/chaos.test.ts, where time is not the machine's, and measured by
 * `npm run trial:mode-chaos`.
 */

const RESTARTS = 4

describe('executors whose network and server fail', () => {
  it('all come to obey the newest revision, and none ever goes back to an older one', async () => {
    const { convergedMs, broken } = await runModeChaos({
      restarts: RESTARTS,
      clients: 12,
      random: createRandom(20_261_120),
      withinMs: Number.POSITIVE_INFINITY,
    })
    expect(broken).toEqual([])
    expect(convergedMs).toHaveLength(RESTARTS)
  }, 240_000)
})

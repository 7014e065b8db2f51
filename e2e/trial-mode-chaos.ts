import { parseArgs } from 'node:util'
import { runModeChaos } from '../tests/testing/mode-chaos.ts'
import { createRandom } from '../tests/testing/random.ts'

/*
 * `npm run trial:mode-chaos -- --restarts 50 --clients 40 --seed 1`: executors of the published SDK while their
 * streams are dropped, half-open, doubled and put in disorder, and their server is killed and started again.
 * Ends with 1 when one went back a revision or they took longer than promised.
 */

const PROMISED_MS = 5_000

const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '50' },
    clients: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
})
const restarts = Number(values.restarts)
const { flips, faults, convergedMs, broken } = await runModeChaos({
  restarts,
  clients: Number(values.clients),
  random: createRandom(Number(values.seed)),
  withinMs: PROMISED_MS,
  onRound: (round, tookMs) =>
    console.log(`restart ${round + 1} of ${restarts}: all obey after ${Math.round(tookMs)} ms`),
})
const sorted = [...convergedMs].sort((a, b) => a - b)
const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
const inflicted = Object.entries(faults).map(([fault, count]) => `${count} × ${fault}`)
console.log(`\n${values.clients} executors, ${restarts} restarts, ${flips} flips; ${inflicted.join(', ')}`)
console.log(`all obey the newest revision after: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, slowest ${at(1)} ms`)
console.log(broken.length === 0 ? 'none went back, none was lost' : broken.join('\n'))
process.exitCode = broken.length === 0 ? 0 : 1

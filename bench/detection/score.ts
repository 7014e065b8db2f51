import { parseArgs } from 'node:util'
import { merge, report } from '../../fixtures/detection/score.mjs'
import { explainMisses } from './explain-misses.ts'
import type { TrialScore } from './score-worker.ts'
import { formatTargets, judgeTargets } from './targets.ts'
import { runTrials, selectTrials } from './trials.ts'

/*
 * Scores detection as it is shipped: each workload goes to a file and through `parascope replay`.
 *
 *   npm run score:detection [-- --seeds 1-10 --scenarios 'serialized_.*|none_.*' --threads 2 --world hard --verbose]
 */
const { values } = parseArgs({
  options: {
    world: { type: 'string', default: 'labelled' },
    seeds: { type: 'string', default: '1-10' },
    scenarios: { type: 'string', default: '.*' },
    threads: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
  },
})

const trials = selectTrials(values)
let done = 0
const results = await runTrials<TrialScore>(
  new URL('./score-worker.ts', import.meta.url),
  trials,
  Number(values.threads),
  ({ seed, scenario }) => {
    done += 1
    if (process.stderr.isTTY)
      process.stderr.write(`\r\u001B[K${done} of ${trials.length}: ${scenario} ${seed}`)
  },
)
if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')

const merged = merge(results.map(({ score }) => score))
const batches = results.reduce((sum, { stats }) => sum + stats.batches, 0)
const names = Object.keys(results[0]?.stats.us_per_batch ?? {})
const shares = names.map((name) => {
  const us = results.reduce((sum, { stats }) => sum + (stats.us_per_batch[name] ?? 0) * stats.batches, 0)
  return `${name} ${(us / batches).toFixed(1)}`
})
const rows = results.flatMap(({ score }) => score.rows)
const spentUs = results.reduce((sum, { stats }) => sum + stats.detectors_us_per_batch * stats.batches, 0)
const elapsedMs = results.reduce((sum, { stats }) => sum + stats.elapsed_ms, 0)
const states = Math.max(...results.map(({ stats }) => stats.states))
const stateKb = Math.max(...results.map(({ stats }) => stats.state_bytes)) / 1024
console.log(report(merged, `${results.length} workloads, seeds ${values.seeds}:`))
console.log(
  `\n${(spentUs / batches).toFixed(1)} µs a batch in the detectors (${shares.join(', ')}), ${((elapsedMs * 1000) / batches).toFixed(0)} µs in the whole replay; at most ${states} states of ${stateKb.toFixed(0)} kB together\n`,
)
console.log(formatTargets(judgeTargets(merged, rows, spentUs / batches)))
if (values.verbose)
  for (const { trial, score } of results) for (const line of explainMisses(trial, score)) console.log(line)

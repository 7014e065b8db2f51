import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { merge, report, scoreOne } from '../../fixtures/detection/score.mjs'
import { explainMisses } from './explain-misses.ts'
import { runTrials, selectTrials } from './trials.ts'
import type { TrialResult } from './try-worker.ts'

/*
 * Scores detectors alone, in memory, without the store: for building them.
 *
 *   node bench/detection/try.ts --seeds 1-6 --scenarios 'serialized_.*|none_.*' --detectors serialized
 *     [--world hard] [--kinds serialized,convoy] [--threads 2] [--out alerts.jsonl] [--verbose]
 */
const { values } = parseArgs({
  options: {
    world: { type: 'string', default: 'labelled' },
    seeds: { type: 'string', default: '1-4' },
    scenarios: { type: 'string', default: '.*' },
    detectors: { type: 'string' },
    kinds: { type: 'string' },
    threads: { type: 'string', default: '1' },
    out: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})

const kinds = values.kinds?.split(',') ?? null
const trials = selectTrials(values)
const script = new URL('./try-worker.ts', import.meta.url)
const results = await runTrials<TrialResult>(script, trials, Number(values.threads))
const scores = results.map(({ truth, alerts, meta }) =>
  scoreOne(
    truth.filter((event) => kinds?.includes((event as { kind: string }).kind) ?? true),
    alerts.filter(({ kind }) => kinds?.includes(kind) ?? true),
    meta,
  ),
)
const batches = results.reduce((sum, result) => sum + result.batches, 0)
const detectorsMs = results.reduce((sum, result) => sum + result.detectorsMs, 0)
const stateKeys = Math.max(...results.map((result) => result.stateKeys))
const stateKb = Math.max(...results.map((result) => result.stateBytes)) / 1024
process.stdout.write(`${report(merge(scores), `seeds ${values.seeds}:`)}\n`)
process.stdout.write(
  `${((detectorsMs * 1000) / batches).toFixed(1)} µs a batch, at most ${stateKeys} states of ${stateKb.toFixed(0)} kB together\n`,
)
if (values.verbose) {
  for (const [i, { trial }] of results.entries()) {
    const score = scores[i]
    if (score !== undefined) for (const line of explainMisses(trial, score)) process.stdout.write(`${line}\n`)
  }
}
if (values.out) writeFileSync(values.out, results.map((result) => `${JSON.stringify(result)}\n`).join(''))

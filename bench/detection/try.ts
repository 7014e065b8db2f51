import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { SCENARIOS } from '../../fixtures/detection/gen.mjs'
import { merge, report, scoreOne } from '../../fixtures/detection/score.mjs'
import { HARD_SCENARIOS } from './hard-world/scenarios.ts'
import type { Trial, TrialResult } from './try-worker.ts'

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

const [firstSeed = 1, lastSeed = firstSeed] = values.seeds.split('-').map(Number)
const wanted = new RegExp(`^(${values.scenarios})$`)
const kinds = values.kinds?.split(',') ?? null
const world = values.world === 'hard' ? 'hard' : 'labelled'
const trials: Trial[] = []
for (let seed = firstSeed; seed <= lastSeed; seed++) {
  for (const scenario of Object.keys(world === 'hard' ? HARD_SCENARIOS : SCENARIOS).filter((name) =>
    wanted.test(name),
  ))
    trials.push({ world, seed, scenario, detectors: values.detectors?.split(',') ?? null })
}

const results: TrialResult[] = []
await Promise.all(Array.from({ length: Number(values.threads) }, work))
results.sort((a, b) => a.trial.seed - b.trial.seed || (a.trial.scenario < b.trial.scenario ? -1 : 1))
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
if (values.verbose) explainMisses()
if (values.out) writeFileSync(values.out, results.map((result) => `${JSON.stringify(result)}\n`).join(''))

async function work(): Promise<void> {
  const worker = new Worker(new URL('./try-worker.ts', import.meta.url))
  for (let trial = trials.shift(); trial; trial = trials.shift()) {
    worker.postMessage(trial)
    const [result] = (await once(worker, 'message')) as [TrialResult]
    results.push(result)
  }
  await worker.terminate()
}

function explainMisses(): void {
  for (const [i, { rows, fa, mis }] of scores.entries()) {
    const trial = results[i]?.trial
    const say = (what: string, detail: unknown) =>
      process.stdout.write(`${trial?.seed} ${trial?.scenario} ${what} ${JSON.stringify(detail)}\n`)
    for (const row of rows) if (!row.detected) say(row.detectable ? 'MISSED' : 'undetectable', row)
    for (const alert of fa) say('FALSE', alert)
    for (const alert of mis) say('MISLABELLED', alert)
  }
}

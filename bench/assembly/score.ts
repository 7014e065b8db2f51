import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { startServer } from '../../e2e/server-process.ts'
import { build, isBuildCurrent } from '../../scripts/build.mjs'
import { readRuns } from './recordings.ts'
import { explain, formatScores, isRight } from './table.ts'
import { type TrialResult, tryAll } from './trial.ts'

/*
 * Scores assembly as it is shipped: recorded requests go to a server of its own, and the batches are read back
 * through the public API and held against what the runs really did.
 *
 *   npm run score:assembly -- DIR [--runs 'genkit/.*'] [--json FILE] [--verbose] [--url URL of a running server]
 *
 * Ends with 1 when a run is wrong whose spans say all that was recorded: as it came, shuffled, split, sent twice, in
 * the other encoding. Variants that take something away show what still holds.
 */

/** Long enough for every batch of a variant to be seen before it is final. */
const QUIET_MS = 5_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '.*' },
    json: { type: 'string' },
    url: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})
const [folder] = positionals
if (folder === undefined) throw new Error('usage: npm run score:assembly -- DIR')
const pattern = new RegExp(`^(?:${values.runs})$`)
const runs = readRuns(folder).filter(({ name }) => pattern.test(name))

const result = await withServer((url) => tryAll(url, runs, say))
say('')
const { scores, broken, live } = result
const wrong = scores.filter((score) => !isRight(score))
console.log(formatScores(scores))
console.log(`\n${live.batches} batches were seen live, ${live.provisional} of them provisional.`)
for (const score of wrong)
  if (score.isWhole || values.verbose) for (const line of explain(score)) console.log(line)
for (const line of broken) console.log(line)
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ folder, ...result }, null, 2)}\n`)
process.exitCode = broken.length > 0 || wrong.some(({ isWhole }) => isWhole) ? 1 : 0

async function withServer(work: (url: string) => Promise<TrialResult>): Promise<TrialResult> {
  if (values.url !== undefined) return work(values.url)
  if (!(await isBuildCurrent())) await build()
  await using server = await startServer({
    pages: 'built',
    environment: { PARASCOPE_SPAN_QUIET_MS: String(QUIET_MS) },
  })
  return await work(server.url)
}

function say(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${what}`)
}

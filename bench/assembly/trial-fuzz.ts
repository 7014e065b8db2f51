import { parseArgs } from 'node:util'
import { fuzzPipeline } from '../../tests/testing/otlp-fuzz.ts'
import { fuzzSpanServer } from '../../tests/testing/otlp-fuzz-server.ts'
import { createRandom } from '../../tests/testing/random.ts'

/*
 * `npm run trial:otlp-fuzz -- --requests 100000 --posted 5000 --seed 1`: recorded traffic, damaged in its bytes, in
 * its structure and in what its spans say, taken from bytes to batches in this process, and some of it posted to a
 * server. Ends with 1 when something broke: an error that is not a refusal, a batch that breaks the contract, an
 * answer that no exporter understands, a good run that damaged ones beside it have harmed.
 */

const MAX_MIB = 700
const TOLD = 20

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    posted: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
  },
})
const seed = Number(values.seed)
const requests = Number(values.requests)

const pipeline = fuzzPipeline(requests, createRandom(seed), (done) => {
  if (process.stderr.isTTY && done % 1_000 === 0) process.stderr.write(`\r\u001B[K${done} of ${requests}`)
})
if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
console.log(
  `In this process: ${requests} requests: ${list(pipeline.outcomes)}; ${pipeline.spans} spans read, ${pipeline.batches} batches held to the contract; the slowest took ${pipeline.slowestMs.toFixed(0)} ms.`,
)

const posted = Number(values.posted)
const server = posted === 0 ? null : await fuzzSpanServer(posted, createRandom(seed + 1))
const tooLarge = (server?.peakMiB ?? 0) > MAX_MIB ? [`the server took more than ${MAX_MIB} MiB`] : []
if (server !== null) {
  const memory = server.peakMiB === null ? 'memory not known' : `${server.peakMiB} MiB at most`
  console.log(
    `Over HTTP: ${posted} requests: ${list(server.statuses)}; ${memory}; ${server.goodRuns} good runs kept, ${server.otherBatches} batches made of the rest.`,
  )
}
const broken = [...pipeline.broken, ...(server?.broken ?? []), ...tooLarge]
for (const line of broken.slice(0, TOLD)) console.log(`BROKEN: ${line}`)
if (broken.length > TOLD) console.log(`… and ${broken.length - TOLD} more`)
process.exitCode = broken.length === 0 ? 0 : 1

function list(counts: ReadonlyMap<string | number, number>): string {
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ')
}

import { parseArgs } from 'node:util'
import { traceAcknowledgements } from '../tests/testing/acknowledgement-trace.ts'
import { runCrashRound } from '../tests/testing/crash-round.ts'
import { endureFault } from '../tests/testing/endure-fault.ts'
import { fuzzServer } from '../tests/testing/fuzz-server.ts'
import type { StoreFinding } from '../tests/testing/judge-store.ts'
import { createRandom, type Random } from '../tests/testing/random.ts'
import { STORAGE_FAULTS } from '../tests/testing/storage-faults.ts'
import { whyNoStrace } from '../tests/testing/strace.ts'

/*
 * `npm run trial:crash -- --times 100 --seed 1`: what becomes of acknowledged batches when the server is
 * killed, when its system calls are watched, when its storage fails, and when it is sent what nobody should
 * send. Ends with 1 when a promise was broken.
 */

/** A data folder goes through so many kills: its file is looked at as a whole after each. */
const KILLS_A_ROUND = 10
const TRACED_REQUESTS = 150
const HOSTILE_REQUESTS = 10_000
const MAX_MIB = 700

interface TrialRow {
  readonly trial: string
  readonly done: string
  readonly broken: readonly string[]
}

async function tryKills(times: number, random: Random): Promise<TrialRow> {
  const findings: StoreFinding[] = []
  let acknowledged = 0
  let unacknowledged = 0
  let resent = 0
  const rounds = Math.ceil(times / KILLS_A_ROUND)
  for (let i = 0; i < rounds; i++) {
    const kills = Math.min(KILLS_A_ROUND, times - i * KILLS_A_ROUND)
    const round = await runCrashRound(kills, random, (finding) => {
      for (const line of finding.broken) console.log(`  BROKEN: ${line}`)
    })
    findings.push(...round.findings)
    acknowledged += round.findings.at(-1)?.acknowledged ?? 0
    unacknowledged += round.findings.reduce((sum, finding) => sum + finding.unacknowledged, 0)
    resent += round.resent
    console.log(`kills: ${i * KILLS_A_ROUND + kills} of ${times}, ${acknowledged} batches acknowledged`)
  }
  const done = [
    `${times} kills and ${rounds} stops, each followed by a look at everything`,
    `${acknowledged} batches acknowledged, ${resent} requests sent again`,
    `${unacknowledged} batches seen on disk before their sender was told`,
  ]
  return {
    trial: 'kill -9 under full ingest',
    done: done.join('; '),
    broken: findings.flatMap((f) => f.broken),
  }
}

async function trySystemCalls(random: Random): Promise<TrialRow> {
  const trial = 'a flush before each acknowledgement'
  const whyNot = whyNoStrace()
  if (whyNot !== null) return { trial, done: `not done: ${whyNot}`, broken: [] }
  const { acknowledgements, walWrites, walSyncs, early } = await traceAcknowledgements(
    TRACED_REQUESTS,
    random,
  )
  const done = `${acknowledgements} acknowledgements, ${walSyncs} flushes and ${walWrites} writes of the log`
  const broken = early.map((id) => `${id} was acknowledged before it was flushed`)
  if (acknowledgements !== TRACED_REQUESTS) broken.push(`${TRACED_REQUESTS} requests were sent`)
  return { trial, done, broken }
}

async function tryFaults(random: Random): Promise<TrialRow[]> {
  const rows: TrialRow[] = []
  for (const kind of STORAGE_FAULTS) {
    const whyNot = kind.whyNot()
    if (whyNot !== null) {
      rows.push({ trial: kind.name, done: `not done: ${whyNot}`, broken: [] })
      continue
    }
    const { refusals, recoveredMs, stored, broken } = await endureFault(kind, random)
    const recovered = `ready again after ${(recoveredMs / 1000).toFixed(1)} s`
    rows.push({
      trial: kind.name,
      done: `${refusals} requests refused, ${recovered}, ${stored} batches kept`,
      broken,
    })
    console.log(`fault: ${kind.name}`)
  }
  return rows
}

async function tryHostileRequests(random: Random): Promise<TrialRow> {
  const { statuses, peakMiB, stored, broken } = await fuzzServer(HOSTILE_REQUESTS, random)
  const answers = [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${count} × ${status || 'none'}`)
  const memory = peakMiB === null ? 'memory not known' : `${peakMiB} MiB at most`
  const tooLarge = peakMiB !== null && peakMiB > MAX_MIB ? [`it took more than ${MAX_MIB} MiB`] : []
  return {
    trial: 'hostile requests',
    done: `${HOSTILE_REQUESTS} requests: ${answers.join(', ')}; ${memory}; ${stored} batches kept`,
    broken: [...broken, ...tooLarge],
  }
}

function printTable(rows: readonly TrialRow[]): void {
  const width = Math.max(...rows.map(({ trial }) => trial.length))
  for (const { trial, done, broken } of rows) {
    console.log(`${broken.length === 0 ? 'kept  ' : 'BROKEN'}  ${trial.padEnd(width)}  ${done}`)
    for (const line of broken) console.log(`        ${line}`)
  }
}

const { values } = parseArgs({
  options: { times: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
})
const random = createRandom(Number(values.seed))
const rows = [
  await tryKills(Number(values.times), random),
  await trySystemCalls(random),
  ...(await tryFaults(random)),
  await tryHostileRequests(random),
]
console.log('')
printTable(rows)
process.exitCode = rows.every(({ broken }) => broken.length === 0) ? 0 : 1

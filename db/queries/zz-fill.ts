import { openForWriting } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { createJobs } from '#jobs/jobs.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { computeSignature } from '#lib/intervals/signature.ts'
import { createRandom } from './testing/random-batches.ts'

const N = Number(process.argv[3]),
  file = process.argv[2] as string
const db = openForWriting(file)
const log = new LogWriter(db)
db.pragma('synchronous = off')
const r = createRandom(5)
const DAYS = 30,
  T0 = 1_787_400_000_000_000
const tools = Array.from({ length: 40 }, (_, i) => 'tool_' + i)
const skew = () => tools[Math.floor(r() ** 2.5 * 40)]!
let t = performance.now()
for (let i = 0; i < N; ) {
  log.transaction(() => {
    for (let k = 0; k < 2000 && i < N; k++, i++) {
      const startedAtUs = T0 + Math.floor((i / N) * DAYS * 86400e6)
      const n = 1 + Math.floor(r() ** 1.5 * 9)
      const rare = i % 50000 === 7
      const calls = Array.from({ length: n }, (_, c) => ({
        callId: 'call_' + i.toString(36) + c,
        attempt: 1,
        seq: c,
        tool: rare && c === 0 ? 'rare_tool' : skew(),
        startUs: Math.floor(r() * 3000),
        durationUs: Math.floor(Math.exp(8 + r() * 6)),
        outcome: r() < 0.97 ? 'ok' : 'error',
        errorCode: null,
        effect: r() < 0.5 ? 'read' : 'unknown',
        resources: [],
        dependsOn: [],
        group: null,
        mode: null,
        argsBytes: 120,
        resultBytes: 900,
        argsFp: [],
        resultFp: [],
      }))
      const hex = ((startedAtUs / 1000) | 0).toString(16).padStart(12, '0')
      const ms = Math.floor(startedAtUs / 1000)
        .toString(16)
        .padStart(12, '0')
      const rnd = Array.from({ length: 20 }, () => Math.floor(r() * 16).toString(16)).join('')
      const id = `${ms.slice(0, 8)}-${ms.slice(8, 12)}-7${rnd.slice(0, 3)}-8${rnd.slice(3, 6)}-${rnd.slice(6, 18)}`
      const batch = {
        batchId: id,
        runId: 'run-' + Math.floor(i / 12),
        turn: i % 12,
        agent: 'agent-' + Math.floor(r() * 6),
        environment: r() < 0.7 ? 'prod' : 'staging',
        version: 'v' + Math.floor((i / N) * 20),
        tenant: null,
        provider: 'x',
        model: 'm' + Math.floor(r() * 3),
        mode: r() < 0.999 ? 'parallel' : 'serial',
        modeRevision: 1,
        parallelRequested: true,
        concurrency: null,
        toolCaps: null,
        startedAtUs,
        modelUs: 900000,
        inputTokens: 100,
        outputTokens: 50,
        emittedCalls: n,
        sdkName: 's',
        sdkVersion: '1',
        calls,
        source: 'sdk',
        evidence: 'declared',
        provisional: false,
        revision: 1,
        receivedAtUs: startedAtUs + 5000,
        flags: [],
      } as never
      log.append({ batch, measures: measureBatch(batch), signature: computeSignature(calls as never) })
    }
  })
}
console.log('filled', ((performance.now() - t) / 1000).toFixed(1), 's', log.lastSeq)
t = performance.now()
createJobs(db, log, () => performance.now()).flush()
console.log(
  'derived',
  ((performance.now() - t) / 1000).toFixed(1),
  's',
  db.prepare('select count(*) c from signatures').get(),
  db.prepare('select count(*) c from tool_stats').get(),
  db.prepare('select marginal, grain, count(*) c, sum(length(stats)) b from tool_stats group by 1,2').all(),
)
db.pragma('wal_checkpoint(TRUNCATE)')
db.close()

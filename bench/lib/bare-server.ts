import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openForWriting } from '#db/sqlite/open.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'

/*
 * The bound for single-batch ingest: a node:http server that parses the same body, inserts one row with the
 * same schema, pragmas and group commit, and answers. It validates, measures and derives nothing.
 * Run as a process: `node bench/lib/bare-server.ts <database file>`.
 */

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: bare-server.ts <database file>')
const db = openForWriting(file)
const insert =
  db.prepare(`insert into batches (seq, batch_key, run_key, started_at_us, received_at_us, agent_id,
  environment_id, version_id, model_id, signature_id, slowest_tool_id, mode, source, evidence, provisional,
  revision, size, wall_us, serialization, outcome_mask, body)
  values (?, ?, ?, ?, ?, 1, 1, 1, 1, ?, 1, 0, 0, 0, 0, 1, ?, ?, 0.5, 1, ?)`)
let queue: { batch: IngestBatch; body: Buffer; res: ServerResponse }[] = []
let seq = 0

function commitGroup(): void {
  const group = queue
  queue = []
  db.exec('begin immediate')
  for (const { batch, body } of group) {
    const startedAtUs = Math.round(batch.started_at * 1000)
    seq += 1
    insert.run(
      seq,
      batch.batch_id,
      batch.run_id,
      startedAtUs,
      startedAtUs,
      seq % 400,
      batch.calls.length,
      seq % 5000,
      body,
    )
  }
  db.exec('commit')
  const answer = JSON.stringify({ accepted: 1, duplicates: 0, rejected: [] })
  for (const { res } of group) {
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
    res.end(answer)
  }
}

const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.once('end', () => {
    const body = Buffer.concat(chunks)
    const { batches } = JSON.parse(body.toString()) as { batches: IngestBatch[] }
    const [batch] = batches
    if (batch === undefined) throw new Error('a request of this bench holds one batch')
    if (queue.length === 0) setImmediate(commitGroup)
    queue.push({ batch, body, res })
  })
})
server.listen(0, '127.0.0.1', () =>
  console.log(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}`),
)
process.once('SIGTERM', () => process.exit(0))

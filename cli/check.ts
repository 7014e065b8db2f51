import { parseBatchLine } from '#ingest/lines.ts'
import { measureIngested } from '#ingest/pipeline.ts'
import { formatSignature } from '#lib/intervals/signature.ts'
import { OverlapTally } from './check/overlap-tally.ts'
import { formatPlain } from './check/plain.ts'
import { type CheckReport, listFailing } from './check/report.ts'
import { formatSarif } from './check/sarif.ts'
import { describeLineFault, readLines } from './lines.ts'

export interface CheckOptions {
  /** Share of the possible overlap, from 0 to 1, that every signature must reach. */
  readonly minOverlap: number
  readonly format: 'plain' | 'sarif'
  /** Judge the batches of these agents only; without them all. */
  readonly agent?: readonly string[]
}

/** What the process ends with. */
const EXIT = { overlapped: 0, overlappedTooLittle: 1, unreadable: 2 } as const

/**
 * `parascope check`: fails a build whose agent stopped overlapping. Exit code 0 when every signature overlapped
 * enough, 1 when one did not, 2 when the file could not be read as batches.
 */
export async function runCheck(file: string, options: CheckOptions): Promise<void> {
  const report = await readReport(file, options).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException | null)?.code
    if (code === undefined) throw error
    console.error((error as Error).message)
    return null
  })
  process.exitCode = report === null ? EXIT.unreadable : judge(report)
  if (report !== null && (report.batches > 0 || options.format === 'sarif'))
    console.log(options.format === 'sarif' ? formatSarif(report) : formatPlain(report))
}

function judge(report: CheckReport): number {
  if (report.faults.length > 0) return EXIT.unreadable
  return listFailing(report).length > 0 ? EXIT.overlappedTooLittle : EXIT.overlapped
}

async function readReport(file: string, { minOverlap, agent }: CheckOptions): Promise<CheckReport> {
  const tally = new OverlapTally()
  const faults: string[] = []
  const seen = new Set<string>()
  for await (const { number, bytes } of readLines(file)) {
    const parsed = parseBatchLine(bytes)
    if (!parsed.ok) faults.push(describeLineFault(file, number, parsed.fault))
    else if (!seen.has(parsed.batch.batch_id) && (agent?.includes(parsed.batch.agent) ?? true)) {
      seen.add(parsed.batch.batch_id)
      const arrival = {
        receivedAtMs: parsed.batch.started_at,
        sentAtMs: null,
        source: 'import',
        sdk: null,
      } as const
      const { batch, measures, signature } = measureIngested(parsed.batch, arrival)
      const { agent: name, batchId } = batch
      tally.add({ agent: name, signature: formatSignature(signature), batchId, line: number }, measures)
    }
  }
  // A gate that passes because nothing was recorded, or because a name was mistyped, guards nothing.
  if (seen.size === 0 && faults.length === 0)
    faults.push(`${file}: holds no batch${agent === undefined ? '' : ` of ${agent.join(' or ')}`}`)
  for (const fault of faults) console.error(fault)
  return { file, batches: seen.size, minOverlap, signatures: tally.list(), faults }
}

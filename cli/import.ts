import { SingleBar } from 'cli-progress'
import { formatCount, formatNoun } from '#lib/format/number.ts'
import { type ImportCounts, Importer } from './import/importer.ts'
import { openInput } from './import/open-input.ts'
import { readItems } from './import/read-items.ts'
import { UnreachableError } from './import/server-client.ts'
import { openTarget, type Target } from './import/target.ts'

export interface ImportOptions {
  /** Of the server that takes it; without one whoever holds the data folder, or the folder itself. */
  readonly url?: string
}

/** What the process ends with. */
const EXIT = { taken: 0, takenInPart: 1, broken: 2 } as const
const BYTES_PER_MB = 1_000_000

/**
 * `parascope import`: takes files of spans or of batches. What cannot be read is told on stderr with its place and
 * costs its neighbours nothing; the exit code is then 1. It is 2 when a file cannot be opened or the server cannot
 * be reached. To run it again changes nothing but what was missing.
 */
export async function runImport(files: readonly string[], options: ImportOptions): Promise<void> {
  process.once('SIGINT', () => process.exit(130))
  const target = await openTarget(options.url)
  try {
    const before = await target.client.readReceipt()
    const bar = createBar()
    const importer = new Importer(target.client, (where, cause) => tell(`${where}: ${cause}`))
    const opened = await readAll(files, importer, bar)
    if (importer.counts.traces > 0) await settle(target, bar)
    bar.stop()
    const after = await target.client.readReceipt()
    const known = after.duplicates - before.duplicates
    console.log(describe(importer.counts, { spans: after.spans - before.spans, known }))
    process.exitCode = !opened ? EXIT.broken : importer.counts.faults > 0 ? EXIT.takenInPart : EXIT.taken
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error
    tell(error.message)
    process.exitCode = EXIT.broken
  } finally {
    await target.close()
  }
}

function createBar(): SingleBar {
  return new SingleBar({
    format: '{step} {bar} {percentage} % | {amount}',
    hideCursor: true,
    clearOnComplete: true,
  })
}

/** False when a file could not be opened or read to its end. */
async function readAll(files: readonly string[], importer: Importer, bar: SingleBar): Promise<boolean> {
  let isWhole = true
  for (const file of files) {
    try {
      await readInto(importer, file, bar)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (typeof code !== 'string') throw error
      tell(
        code.startsWith('Z_') ? `${file}: is no whole gzip: ${(error as Error).message}` : messageOf(error),
      )
      isWhole = false
    }
  }
  await importer.finish()
  return isWhole
}

async function readInto(importer: Importer, file: string, bar: SingleBar): Promise<void> {
  const input = await openInput(file)
  const total = Math.max(1, input.sizeBytes ?? 1)
  const amount = () =>
    `${(input.readBytes() / BYTES_PER_MB).toFixed(1)}${input.sizeBytes === null ? '' : ` of ${(total / BYTES_PER_MB).toFixed(1)}`} MB`
  bar.start(total, 0, { step: input.name, amount: amount() })
  for await (const item of readItems(input)) {
    await importer.add(item)
    bar.update(Math.min(total, input.readBytes()), { amount: amount() })
  }
}

async function settle(target: Target, bar: SingleBar): Promise<void> {
  let most = 1
  await target.settle((left) => {
    if (left > most) bar.start(left, 0, { step: 'Putting batches together', amount: '' })
    most = Math.max(most, left)
    bar.update(most - left, { amount: `${formatCount(most - left)} of ${formatCount(most)}` })
  })
}

function describe(
  { batches, duplicates, faults, traces }: ImportCounts,
  { spans, known }: { readonly spans: number; readonly known: number },
): string {
  const parts = []
  if (batches + duplicates > 0 || traces === 0)
    parts.push(`${formatNoun(batches, 'batch', 'batches')} taken, ${formatCount(duplicates)} known already`)
  if (traces > 0)
    parts.push(`${formatNoun(spans, 'span', 'spans')} taken, ${formatCount(known)} known already`)
  if (faults > 0) parts.push(`${formatCount(faults)} not taken, named above`)
  return parts.join('; ')
}

/** The bar is drawn again below what it has to make room for. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
  console.error(text)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

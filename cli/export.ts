import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { SingleBar } from 'cli-progress'
import { parseQuery } from '#lib/contract/parse-query.ts'
import { exportQuery } from '#lib/contract/query.ts'
import { formatNoun } from '#lib/format/number.ts'
import type { ExportFormat } from '#lib/otlp/export-format.ts'
import { type ExportSource, openSource } from './export/source.ts'

/** As the command line has them: filters by the names of the API's query, with their texts. */
export interface ExportOptions {
  readonly format: ExportFormat
  /** A file; without one standard output. */
  readonly output?: string
  readonly url?: string
  readonly [filter: string]: string | readonly string[] | undefined
}

const OWN = new Set(['output', 'url'])
const LINE_FEED = 0x0a

/**
 * `parascope export`: writes batches, a line each, oldest first, as they are read.
 * @throws Error naming the filters that are wrong, or what the server answered
 */
export async function runExport(options: ExportOptions): Promise<void> {
  const params = toParams(options)
  const parsed = parseQuery(exportQuery, params)
  if (!parsed.ok) {
    for (const { path, reason } of parsed.faults) console.error(`--${path.replaceAll('_', '-')}: ${reason}`)
    process.exitCode = 2
    return
  }
  const source = await openSource(options.url)
  try {
    const lines = await write(source, params, options.output)
    if (options.output !== undefined)
      console.error(`${formatNoun(lines, 'batch', 'batches')}: ${options.output}`)
  } finally {
    await source.close()
  }
}

function toParams(options: ExportOptions): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(options)) {
    if (OWN.has(name) || value === undefined) continue
    const key = name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
    for (const text of typeof value === 'string' ? [value] : value) params.append(key, text)
  }
  return params
}

/** Resolves to the number of lines. */
async function write(
  source: ExportSource,
  params: URLSearchParams,
  output: string | undefined,
): Promise<number> {
  let lines = 0
  const bar = new SingleBar({
    format: 'Exporting | {value} batches',
    hideCursor: true,
    clearOnComplete: true,
  })
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) lines += 1
      bar.update(lines)
      yield chunk
    }
  }
  // On a terminal the lines themselves are progress enough.
  if (output !== undefined) bar.start(Number.MAX_SAFE_INTEGER, 0)
  try {
    const chunks = await source.read(params)
    const sink = output === undefined ? process.stdout : createWriteStream(output)
    await pipeline(chunks, counted, sink, { end: output !== undefined })
  } catch (error) {
    // `parascope export | head`: whoever reads has seen enough.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  } finally {
    bar.stop()
  }
  return lines
}

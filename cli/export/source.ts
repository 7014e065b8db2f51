import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createReads } from '#db/queries/reads.ts'
import { DataFolderInUseError, lockDataFolder } from '#db/sqlite/lock.ts'
import { openForReading, openForWriting } from '#db/sqlite/open.ts'
import { readConfiguration } from '#env'
import { parseQuery } from '#lib/contract/parse-query.ts'
import { exportQuery } from '#lib/contract/query.ts'
import { formatExportLine } from '#lib/otlp/export-format.ts'

/** Where an export comes from. */
export interface ExportSource {
  /** Lines in the format asked for, by the query of `GET /api/v1/export`. */
  read(params: URLSearchParams): Promise<AsyncIterable<Uint8Array>>
  close(): Promise<void>
}

/**
 * The server at this address; without one that which holds the data folder; without such a one the data folder.
 * @throws ConfigurationError, DataFolderInUseError
 */
export async function openSource(url: string | undefined): Promise<ExportSource> {
  if (url !== undefined) return remote(url)
  const { dataDir } = readConfiguration()
  const file = join(dataDir, 'parascope.db')
  if (!existsSync(file)) throw new Error(`${dataDir} holds no batches: there is no ${file}.`)
  try {
    return local(file, lockDataFolder(dataDir))
  } catch (error) {
    if (!(error instanceof DataFolderInUseError) || error.holder?.url == null) throw error
    return remote(error.holder.url)
  }
}

function remote(url: string): ExportSource {
  return {
    async read(params) {
      const response = await fetch(new URL(`/api/v1/export?${params}`, url)).catch((error: Error) => {
        throw new Error(`The server at ${url} does not answer: ${String(error.cause ?? error.message)}`)
      })
      if (!response.ok || response.body === null)
        throw new Error(`The server at ${url} answered ${response.status}: ${await response.text()}`)
      return response.body
    },
    close: async () => undefined,
  }
}

function local(file: string, lock: { release(): void }): ExportSource {
  // Opened for writing first: a store that an older version left is brought up to date.
  openForWriting(file).close()
  const db = openForReading(file)
  const reads = createReads(db)
  async function* readPages(params: URLSearchParams): AsyncGenerator<Uint8Array> {
    const parsed = parseQuery(exportQuery, params)
    if (!parsed.ok) throw new Error(parsed.faults.map(({ path, reason }) => `${path} ${reason}`).join('; '))
    const { format = 'jsonl', ...query } = parsed.query
    const nowMs = Date.now()
    let cursor: string | null = null
    do {
      const page = await reads.listExport(query, cursor, nowMs)
      cursor = page.nextCursor
      const lines = page.lines.map((line) => `${formatExportLine(line, format)}\n`)
      if (lines.length > 0) yield Buffer.from(lines.join(''))
    } while (cursor !== null)
  }
  return {
    read: async (params) => readPages(params),
    async close() {
      db.close()
      lock.release()
    },
  }
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { readModeLines } from '#db/mode.ts'
import { ChainChecker } from '#db/mode-chain.ts'
import { DataFolderInUseError, lockDataFolder } from '#db/sqlite/lock.ts'
import { openForReading } from '#db/sqlite/open.ts'
import { ConfigurationError, readConfiguration } from '#env'
import { type ModeAuditLine, modeAuditLineSchema } from '#lib/contract/mode.ts'
import { readLines } from './lines.ts'

export interface VerifyOptions {
  readonly file?: string
  /** A hash that must be in the chain. */
  readonly known?: string
}

/** What the process ends with. */
const EXIT = { intact: 0, broken: 1, unreadable: 2 } as const
const LINES_AT_ONCE = 500

/** The trail cannot be read at all. */
class UnreadableError extends Error {}

/** `parascope audit verify`: computes every hash again, here, whoever gives the lines. */
export async function runAuditVerify({ file, known }: VerifyOptions): Promise<void> {
  const chain = new ChainChecker()
  let isKnown = false
  try {
    for await (const line of file === undefined ? readTrail() : readExport(file)) {
      chain.add(line)
      if (line.hash === known) isKnown = true
    }
  } catch (error) {
    process.exitCode = EXIT.unreadable
    console.error(`The trail could not be read: ${describe(error)}`)
    return
  }
  const { lines, headHash, firstBroken } = chain.finish()
  if (firstBroken !== null) {
    const { line, revision, reason } = firstBroken
    process.exitCode = EXIT.broken
    console.log(`BROKEN at line ${line} of ${lines} (revision ${revision}): ${reason}.`)
    return
  }
  if (known !== undefined && !isKnown) {
    process.exitCode = EXIT.broken
    console.log(
      `BROKEN: none of the ${lines} lines has the hash ${known}: the end was cut off, or all was written anew.`,
    )
    return
  }
  process.exitCode = EXIT.intact
  console.log(
    headHash === null
      ? 'Intact: no line yet.'
      : `Intact: ${lines} lines, the newest has the hash ${headHash}.`,
  )
}

/** `parascope audit export` */
export async function runAuditExport(): Promise<void> {
  for await (const line of readTrail()) process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** The trail of the data folder, by the server that holds it, or from the file when none does. */
async function* readTrail(): AsyncGenerator<ModeAuditLine> {
  const { dataDir } = readConfiguration()
  const file = join(dataDir, 'parascope.db')
  if (!existsSync(file)) throw new UnreadableError(`there is no store in ${dataDir}: set PARASCOPE_DATA_DIR`)
  const held = hold(dataDir)
  if (typeof held === 'string') yield* readFromServer(held)
  else {
    const db = openForReading(file)
    try {
      for (let after = 0; ; ) {
        const lines = readModeLines(db, after, LINES_AT_ONCE)
        yield* lines
        after = lines.at(-1)?.revision ?? after
        if (lines.length < LINES_AT_ONCE) return
      }
    } finally {
      db.close()
      held.release()
    }
  }
}

/** The data folder for this process, or the address of the server that has it. */
function hold(dataDir: string): { release(): void } | string {
  try {
    return lockDataFolder(dataDir)
  } catch (error) {
    if (!(error instanceof DataFolderInUseError) || error.holder?.url == null) throw error
    return error.holder.url
  }
}

async function* readFromServer(url: string): AsyncGenerator<ModeAuditLine> {
  const response = await fetch(new URL('/api/v1/mode/audit/export', url))
  if (!response.ok || response.body === null) throw new UnreadableError(`${url} answered ${response.status}`)
  let number = 0
  for await (const text of createInterface({ input: Readable.from(response.body) })) {
    number += 1
    yield parseLine(text, `${url}, line ${number}`)
  }
}

async function* readExport(file: string): AsyncGenerator<ModeAuditLine> {
  for await (const { number, bytes } of readLines(file))
    yield parseLine(bytes.toString(), `${file}:${number}`)
}

function parseLine(text: string, place: string): ModeAuditLine {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UnreadableError(`${place}: is not JSON`)
  }
  const parsed = modeAuditLineSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UnreadableError(
    `${place}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is no line of a trail'}`,
  )
}

function describe(error: unknown): string {
  if (
    error instanceof UnreadableError ||
    error instanceof DataFolderInUseError ||
    error instanceof ConfigurationError
  )
    return error.message
  return error instanceof Error ? error.message : String(error)
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** Who holds a data folder. */
export interface LockHolder {
  readonly pid: number
  readonly url: string | null
}

/** The data folder belongs to another process. */
export class DataFolderInUseError extends Error {
  readonly holder: LockHolder | null

  constructor(dataDir: string, holder: LockHolder | null) {
    const who =
      holder === null
        ? 'another process'
        : `process ${holder.pid}${holder.url === null ? '' : ` at ${holder.url}`}`
    super(
      `The data folder ${dataDir} is in use by ${who}. Stop it, or set PARASCOPE_DATA_DIR to another folder.`,
    )
    this.name = 'DataFolderInUseError'
    this.holder = holder
  }
}

/** A held data folder. */
export interface DataFolderLock {
  /** Says where the holder can be reached, for commands that must go through it. */
  publish(url: string): void
  release(): void
}

/**
 * Takes the data folder for this process, creating it. The lock is one of the operating system on an SQLite
 * file, so it ends with the process however that ends.
 * @throws DataFolderInUseError
 */
export function lockDataFolder(dataDir: string): DataFolderLock {
  mkdirSync(dataDir, { recursive: true })
  const db = new Database(join(dataDir, 'lock.db'), { timeout: 0 })
  try {
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('begin exclusive')
  } catch (error) {
    db.close()
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY'))
      throw new DataFolderInUseError(dataDir, readLockHolder(dataDir))
    throw error
  }
  const write = (url: string | null) =>
    writeFileSync(holderFile(dataDir), JSON.stringify({ pid: process.pid, url } satisfies LockHolder))
  write(null)
  return { publish: write, release: () => db.close() }
}

/** The process that last took the folder, as it described itself; null when nobody did. */
function readLockHolder(dataDir: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(holderFile(dataDir), 'utf8')) as LockHolder
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

function holderFile(dataDir: string): string {
  return join(dataDir, 'holder.json')
}

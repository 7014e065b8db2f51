import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openForWriting } from '#db/sqlite/open.ts'
import { whyNoStrace, withFailingCalls } from './strace.ts'

/** A data folder whose storage can be made to fail, and to work again, under a running server. */
export interface FaultyStorage {
  readonly dataDir: string
  /** Runs the server, where the fault needs it. */
  readonly wrapper: readonly string[]
  /** Lets the storage fail while `work` runs. Full disks fail when they are full. */
  during<T>(pid: number, work: () => Promise<T>): Promise<T>
  remove(): void
}

export interface StorageFaultKind {
  readonly name: string
  /** Enough of them stand for the rest where time is short. */
  readonly isTypical: boolean
  /** Why it cannot be caused here; null when it can. */
  readonly whyNot: () => string | null
  readonly prepare: () => FaultyStorage
}

const DISK_MIB = 20
const FREED_MIB = 200
const FILE_BYTES = 5_000_000

/** Everything that may happen to a disk and that passes. */
export const STORAGE_FAULTS: readonly StorageFaultKind[] = [
  { name: 'a full disk', isTypical: true, whyNot: whyNoMount, prepare: prepareFullDisk },
  { name: 'files that may not grow', isTypical: false, whyNot: whyNoLimit, prepare: prepareLimitedFiles },
  {
    name: 'a database locked by a writer',
    isTypical: true,
    whyNot: () => null,
    prepare: () => prepareLocked('immediate'),
  },
  {
    name: 'a database locked for all',
    isTypical: false,
    whyNot: () => null,
    prepare: () => prepareLocked('exclusive'),
  },
  {
    name: 'a read-only disk',
    isTypical: false,
    whyNot: whyNoStrace,
    prepare: () => prepareFailing(['pwrite64'], 'EROFS'),
  },
  {
    name: 'a flush that fails',
    isTypical: true,
    whyNot: whyNoStrace,
    prepare: () => prepareFailing(['fsync', 'fdatasync'], 'EIO'),
  },
]

function prepareFolder() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'parascope-fault-'))
  return { dataDir, wrapper: [], remove: () => rmSync(dataDir, { recursive: true, force: true }) }
}

function whyNoMount(): string | null {
  try {
    const storage = prepareFullDisk()
    storage.remove()
    return null
  } catch {
    return 'a small disk may not be mounted here'
  }
}

function prepareFullDisk(): FaultyStorage {
  const folder = prepareFolder()
  const { dataDir } = folder
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'parascope-trial', dataDir], {
      stdio: 'pipe',
    })
  } catch (error) {
    folder.remove()
    throw error
  }
  return {
    ...folder,
    async during(_, work) {
      const result = await work()
      execFileSync('mount', ['-o', `remount,size=${FREED_MIB}m`, dataDir])
      return result
    },
    remove() {
      execFileSync('umount', [dataDir])
      folder.remove()
    },
  }
}

function whyNoLimit(): string | null {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'pipe' })
    return null
  } catch {
    return 'prlimit is not installed'
  }
}

/** Writes past the limit end in an I/O error; Node has the signal for it switched off. */
function prepareLimitedFiles(): FaultyStorage {
  return {
    ...prepareFolder(),
    wrapper: ['prlimit', `--fsize=${FILE_BYTES}:`],
    async during(pid, work) {
      const result = await work()
      execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:'])
      return result
    },
  }
}

function prepareLocked(kind: 'immediate' | 'exclusive'): FaultyStorage {
  const folder = prepareFolder()
  return {
    ...folder,
    async during(_, work) {
      const other = openForWriting(path.join(folder.dataDir, 'parascope.db'))
      other.pragma('busy_timeout = 10000')
      try {
        other.exec(`begin ${kind}`)
        return await work()
      } finally {
        other.close()
      }
    },
  }
}

function prepareFailing(calls: readonly string[], error: string): FaultyStorage {
  return { ...prepareFolder(), during: (pid, work) => withFailingCalls(pid, { calls, error }, work) }
}

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataFolderInUseError, lockDataFolder } from './lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parascope-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const LOCK = new URL('./lock.ts', import.meta.url)
const script = (rest: string) => [
  '--input-type=module',
  '-e',
  `const { lockDataFolder } = await import('${LOCK}'); ${rest}`,
]

describe('a data folder', () => {
  it('belongs to one, who can be found', () => {
    const lock = lockDataFolder(folder)
    lock.publish('http://localhost:3000')
    expect(() => lockDataFolder(folder)).toThrow(DataFolderInUseError)
    expect(() => lockDataFolder(folder)).toThrow(
      `in use by process ${process.pid} at http://localhost:3000. Stop it, or set PARASCOPE_DATA_DIR`,
    )
    lock.release()
    lockDataFolder(folder).release()
  })

  it('belongs to one process', () => {
    const lock = lockDataFolder(folder)
    const other = `lockDataFolder(${JSON.stringify(folder)})`
    expect(() => execFileSync(process.execPath, script(other), { stdio: 'pipe' })).toThrow(
      /is in use by process/,
    )
    lock.release()
  })

  it('is free again when its process is killed', async () => {
    const holding = `lockDataFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, script(holding), { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    expect(() => lockDataFolder(folder)).toThrow(DataFolderInUseError)
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockDataFolder(folder).release()
  })
})

// @ts-check
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { ROOT } from './run-step.mjs'

const FOLDER = path.join(ROOT, 'frameworks')

/**
 * When the file was last written, in epoch milliseconds; 0 when there is none.
 * @param {string} file
 */
async function writtenAtMs(file) {
  return (await stat(path.join(FOLDER, file)).catch(() => null))?.mtimeMs ?? 0
}

/** Installs the packages of frameworks/ unless those of its lock are there. @throws Error when npm fails */
export async function installFrameworks() {
  const [installed, locked] = await Promise.all([
    writtenAtMs('node_modules/.package-lock.json'),
    writtenAtMs('package-lock.json'),
  ])
  if (installed >= locked) return
  console.log('Installing the frameworks under test: about 500 MB on disk, once.')
  const npm = spawn('npm', ['ci'], { cwd: FOLDER, stdio: 'inherit', shell: process.platform === 'win32' })
  const [code] = await once(npm, 'exit')
  if (code !== 0) throw new Error('npm ci in frameworks/ failed.')
}

import { unwatchFile, watchFile } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { LIVE_RELEASES, type LiveReleaseName } from '../agents/roster.ts'

/*
 * How somebody in another terminal deploys to agents at work: a file in the demo's folder says what.
 */

const POLL_MS = 250

/** Asks the demo on this folder to deploy. */
export async function requestDeploy(dir: string, release: LiveReleaseName): Promise<void> {
  await mkdir(dir, { recursive: true })
  const file = fileIn(dir)
  // A reader sees the whole line or the one before.
  await writeFile(`${file}.new`, `${release} ${Date.now()}\n`)
  await rename(`${file}.new`, file)
}

/** Calls `onRequest` for each deploy asked for from now on; the answer ends the watching. */
export function watchDeploys(
  dir: string,
  onRequest: (release: LiveReleaseName) => Promise<void>,
  onTrouble: (line: string) => void,
): () => void {
  const file = fileIn(dir)
  const look = (now: { mtimeMs: number }, before: { mtimeMs: number }): void => {
    if (now.mtimeMs === before.mtimeMs || now.mtimeMs === 0) return
    void readFile(file, 'utf8')
      .then(async (text) => {
        const [name = ''] = text.split(' ')
        if (isReleaseName(name)) await onRequest(name)
      })
      .catch((error: unknown) => onTrouble(`The deploy failed: ${String(error)}`))
  }
  watchFile(file, { interval: POLL_MS, persistent: false }, look)
  return () => unwatchFile(file, look)
}

export function isReleaseName(name: string): name is LiveReleaseName {
  return Object.hasOwn(LIVE_RELEASES, name)
}

function fileIn(dir: string): string {
  return path.join(dir, 'deploy.txt')
}

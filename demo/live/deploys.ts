import { statSync, unwatchFile, watchFile } from 'node:fs'
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

export interface DeployWatch {
  readonly dir: string
  /** Requests from this time on count, epoch ms: also one that came while the history was written. */
  readonly sinceMs: number
  readonly onRequest: (release: LiveReleaseName) => Promise<void>
  readonly onTrouble: (line: string) => void
}

/** Calls `onRequest` for each deploy asked for; the answer ends the watching. */
export function watchDeploys({ dir, sinceMs, onRequest, onTrouble }: DeployWatch): () => void {
  const file = fileIn(dir)
  let doneMs = sinceMs
  const look = (now: { mtimeMs: number }): void => {
    if (now.mtimeMs <= doneMs) return
    doneMs = now.mtimeMs
    void readFile(file, 'utf8')
      .then(async (text) => {
        const [name = ''] = text.split(' ')
        if (isReleaseName(name)) await onRequest(name)
      })
      .catch((error: unknown) => onTrouble(`The deploy failed: ${String(error)}`))
  }
  watchFile(file, { interval: POLL_MS, persistent: false }, look)
  // The first look of the watch itself tells nobody of a file that is there already.
  const known = statSync(file, { throwIfNoEntry: false })
  if (known) look(known)
  return () => unwatchFile(file, look)
}

export function isReleaseName(name: string): name is LiveReleaseName {
  return Object.hasOwn(LIVE_RELEASES, name)
}

function fileIn(dir: string): string {
  return path.join(dir, 'deploy.txt')
}

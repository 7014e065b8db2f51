import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Presets, SingleBar } from 'cli-progress'
import { hasBatches, replayModeFlip, writeHistory } from './history.ts'
import type { ServerOptions } from './server-client.ts'

export interface PastOptions extends ServerOptions {
  /** The demo's folder: remembers there which history it began, so that an interrupted one is completed. */
  readonly dir: string
  readonly days: number
  readonly seed: number | string
  readonly onLine: (line: string) => void
}

/** Which history was begun on this folder, and whether all of it was stored. */
interface HistoryMark {
  readonly seed: number | string
  readonly days: number
  readonly nowMs: number
  readonly isComplete: boolean
}

/**
 * Makes sure that the server has a past: writes one to an empty server, completes one that was
 * interrupted, and leaves any other server as it is.
 */
export async function ensurePast(options: PastOptions): Promise<void> {
  const { dir, seed, days, onLine } = options
  const file = path.join(dir, 'history.json')
  const begun = await readMark(file)
  const isEmpty = !(await hasBatches(options))
  if (!isEmpty && (begun === null || begun.isComplete)) {
    onLine('The server has batches already: no history is written.')
    return
  }
  const mark = begun !== null && !isEmpty ? begun : { seed, days, nowMs: Date.now(), isComplete: false }
  await mkdir(dir, { recursive: true })
  await writeFile(file, JSON.stringify({ ...mark, isComplete: false }))
  await writeWithBar(options, mark)
  // The rule comes last: before, a crash would leave it unclear whose it is.
  if (!(await replayModeFlip(options)))
    onLine('The mode was changed before: the history keeps its own revisions.')
  await writeFile(file, JSON.stringify({ ...mark, isComplete: true }))
}

async function writeWithBar(options: PastOptions, mark: HistoryMark): Promise<void> {
  const { seed, days, nowMs } = mark
  const beganAtMs = performance.now()
  const bar = new SingleBar(
    { format: `Writing ${days} days of history {bar} {percentage} %  {batches} batches`, hideCursor: true },
    Presets.rect,
  )
  bar.start(100, 0, { batches: 0 })
  try {
    const { accepted, duplicates } = await writeHistory({
      url: options.url,
      token: options.token,
      signal: options.signal,
      seed,
      days,
      nowMs,
      onProgress: ({ fraction, batches }) => bar.update(Math.floor(fraction * 100), { batches }),
    })
    bar.stop()
    const seconds = ((performance.now() - beganAtMs) / 1000).toFixed(1)
    const known = duplicates > 0 ? `, ${duplicates} were there already` : ''
    options.onLine(`Wrote ${days} days of history: ${accepted} batches in ${seconds} s${known}.`)
  } finally {
    bar.stop()
  }
}

async function readMark(file: string): Promise<HistoryMark | null> {
  try {
    return parseMark(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    // A kill while it was written leaves half a mark: as good as none.
    if (isMissing || error instanceof SyntaxError) return null
    throw error
  }
}

function parseMark(value: unknown): HistoryMark | null {
  const { seed, days, nowMs, isComplete } = (value ?? {}) as Partial<Record<keyof HistoryMark, unknown>>
  const isSeed = typeof seed === 'number' || typeof seed === 'string'
  if (!isSeed || typeof days !== 'number' || typeof nowMs !== 'number' || typeof isComplete !== 'boolean')
    return null
  return { seed, days, nowMs, isComplete }
}

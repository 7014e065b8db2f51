import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { SingleBar } from 'cli-progress'
import { readConfiguration } from '#env'
import { parseBatchLine } from '#ingest/lines.ts'
import { formatNoun } from '#lib/format/number.ts'
import { describeLineFault, readLines } from './lines.ts'
import { Replay } from './replay/replay.ts'
import { makeTempFolder } from './temp-folder.ts'

export interface ReplayOptions {
  /** File for the alerts. */
  readonly alerts: string
  /** Expected false alarms per agent and month; without it as configured. */
  readonly sensitivity?: number
  /** Say on stderr, as a line of JSON, what it cost. */
  readonly stats: boolean
}

const BYTES_PER_MB = 1_000_000

/**
 * `parascope replay`: runs the batches of a file through a store of their own and writes the alerts, a line
 * each. Lines that hold no batch are named on stderr and make the exit code 1.
 */
export async function runReplay(file: string, options: ReplayOptions): Promise<void> {
  const falseAlarms = options.sensitivity ?? readConfiguration().falseAlarms
  const beganMs = performance.now()
  const { size } = await stat(file)
  const replay = new Replay(join(makeTempFolder('parascope-replay-'), 'parascope.db'), falseAlarms)
  try {
    const read = await readInto(replay, file, size)
    const { alerts, stats } = replay.finish()
    await writeFile(options.alerts, alerts.map((alert) => `${JSON.stringify(alert)}\n`).join(''))
    const elapsed_ms = performance.now() - beganMs
    if (options.stats) console.error(JSON.stringify({ ...read, ...stats, alerts: alerts.length, elapsed_ms }))
    const what = [formatNoun(stats.batches, 'batch', 'batches'), formatNoun(alerts.length, 'alert', 'alerts')]
    console.log(`${what.join(', ')}: ${options.alerts}`)
    if (read.bad_lines > 0) process.exitCode = 1
  } finally {
    replay.close()
  }
}

async function readInto(
  replay: Replay,
  file: string,
  size: number,
): Promise<{ lines: number; bad_lines: number }> {
  const read = { lines: 0, bad_lines: 0 }
  const bar = new SingleBar({
    format: 'Replaying {bar} {percentage} % | {value} of {total} MB',
    formatValue: (value, _, type) =>
      type === 'percentage' ? String(value) : (value / BYTES_PER_MB).toFixed(1),
    hideCursor: true,
  })
  bar.start(size, 0)
  try {
    for await (const { number, bytes, readBytes } of readLines(file)) {
      read.lines += 1
      const parsed = parseBatchLine(bytes)
      if (parsed.ok) replay.add(parsed.batch)
      else {
        read.bad_lines += 1
        // The bar is drawn again below what it has to make room for.
        if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
        console.error(describeLineFault(file, number, parsed.fault))
      }
      bar.update(readBytes)
    }
  } finally {
    bar.stop()
  }
  return read
}

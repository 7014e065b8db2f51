import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parentPort } from 'node:worker_threads'
import { scoreOne } from '../../fixtures/detection/score.mjs'
import { generateTrial, type Trial } from './trials.ts'

/** What one workload came to. */
export interface TrialScore {
  readonly trial: Trial
  readonly score: ReturnType<typeof scoreOne>
  /** The last line of `parascope replay --stats`. */
  readonly stats: {
    readonly batches: number
    readonly detectors_us_per_batch: number
    readonly us_per_batch: Readonly<Record<string, number>>
    readonly states: number
    readonly state_bytes: number
    readonly elapsed_ms: number
  }
}

const COMMAND = path.resolve(import.meta.dirname, '../../cli/parascope.mjs')

parentPort?.on('message', (trial: Trial) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'parascope-score-'))
  try {
    parentPort?.postMessage(scoreTrial(trial, folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function scoreTrial(trial: Trial, folder: string): TrialScore {
  const { events, truth, meta } = generateTrial(trial)
  const eventsFile = path.join(folder, 'events.jsonl')
  const alertsFile = path.join(folder, 'alerts.jsonl')
  writeLines(eventsFile, events)
  const child = spawnSync(
    process.execPath,
    [COMMAND, 'replay', eventsFile, '--alerts', alertsFile, '--stats'],
    { encoding: 'utf8' },
  )
  if (child.status !== 0)
    throw new Error(`the replay of ${trial.scenario} with seed ${trial.seed} failed:\n${child.stderr}`)
  const alerts = readFileSync(alertsFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
  const stats = JSON.parse(child.stderr.trim().split('\n').at(-1) ?? '') as TrialScore['stats']
  return { trial, score: scoreOne(truth, alerts, meta), stats }
}

function writeLines(file: string, values: readonly unknown[]): void {
  const handle = openSync(file, 'w')
  for (const value of values) writeSync(handle, `${JSON.stringify(value)}\n`)
  closeSync(handle)
}

import { describe, expect, it } from 'vitest'
import { openAlertTable } from '#db/alerts.ts'
import { LogWriter } from '#db/write.ts'
import { createDetect } from '#jobs/detect.ts'
import { createRunner } from '#jobs/jobs.ts'
import type { JobRunner } from '#jobs/runner.ts'
import { describeFinding } from '#lib/alerts/finding-evidence.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { DETECTORS } from '#lib/detectors/registry.ts'
import { dumpDerived } from './testing/derived-state.ts'
import { generatePast } from './testing/detection-workload.ts'
import { createRandom, type Random } from './testing/random.ts'
import { randomBatch } from './testing/random-batches.ts'
import { createTempLog, RECEIVED_AT_MS, type TempLog } from './testing/temp-log.ts'

const MAX_REQUEST_BATCHES = 250
const LIMIT_MS = 240_000

/** Names that are properties of every object, calls of every outcome, intents at random, times in disorder. */
const HOSTILE = 'hostile batches'

const INHERITED: Readonly<Record<string, string>> = {
  send_mail: 'constructor',
  quote: 'toString',
  'research-crawler': '__proto__',
  '1.1.0': 'valueOf',
  'scripted-1': 'hasOwnProperty',
  'call-1': 'isPrototypeOf',
}
const NAMES = /(?<=")(send_mail|quote|research-crawler|1\.1\.0|scripted-1|call-1)(?=")/g

function makeHostile(): IngestBatch[] {
  const random = createRandom(1)
  return Array.from({ length: 3_000 }, (_, i) => {
    const text = JSON.stringify(randomBatch(random, `hostile-${i}`, RECEIVED_AT_MS))
    return JSON.parse(text.replace(NAMES, (name) => INHERITED[name] ?? name)) as IngestBatch
  })
}

function startProcess({ db }: TempLog, monotonicMs: () => number): JobRunner {
  const options = { detectors: DETECTORS, falseAlarms: 0.005, collectEvidence: describeFinding }
  return createRunner(db, new LogWriter(db), monotonicMs, [createDetect(db, options)])
}

function dump({ db }: TempLog) {
  const { detector_states, alerts, alert_events } = dumpDerived(db)
  return { alerts: openAlertTable(db).readAll(), rows: { detector_states, alerts, alert_events } }
}

function replayAtOnce(events: readonly IngestBatch[]): ReturnType<typeof dump> {
  using temp = createTempLog()
  for (let i = 0; i < events.length; i += MAX_REQUEST_BATCHES)
    temp.ingest(events.slice(i, i + MAX_REQUEST_BATCHES))
  startProcess(temp, () => 0).flush()
  return dump(temp)
}

/** Processes that get a few slices each, some of them cut short, and are killed with what they had not written. */
function replayWithKills(events: readonly IngestBatch[], random: Random) {
  using temp = createTempLog()
  let nowMs = 0
  const start = () => startProcess(temp, () => (nowMs += random.next() * 3))
  let jobs = start()
  let kills = 0
  for (let i = 0; i < events.length; ) {
    const size = random.int(1, MAX_REQUEST_BATCHES)
    temp.ingest(events.slice(i, i + size))
    i += size
    const slices = random.int(0, 12)
    for (let slice = 0; slice < slices; slice++) {
      nowMs += random.int(0, 150)
      jobs.runSlice(random.int(1, 40))
    }
    if (random.chance(0.3)) jobs.flushGathered()
    if (random.chance(0.6)) {
      kills += 1
      jobs = start()
    }
  }
  jobs.flush()
  return { ...dump(temp), kills }
}

describe('detection', () => {
  it.each(['serialized_full', 'mixed', 'none_dups', HOSTILE])(
    'comes to the same alerts and states for %s, however often its process is killed',
    (scenario) => {
      const random = createRandom(20_261_120)
      const events = scenario === HOSTILE ? makeHostile() : generatePast(scenario, RECEIVED_AT_MS)
      const atOnce = replayAtOnce(events)
      if (scenario === 'serialized_full') expect(atOnce.alerts.length).toBeGreaterThan(0)
      for (let round = 0; round < 2; round++) {
        const { kills, ...killed } = replayWithKills(events, random)
        expect(kills).toBeGreaterThan(3)
        expect(killed.alerts).toEqual(atOnce.alerts)
        expect(killed.rows).toEqual(atOnce.rows)
      }
    },
    LIMIT_MS,
  )
})

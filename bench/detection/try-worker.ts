import { parentPort } from 'node:worker_threads'
import { DETECTORS } from '#lib/detectors/registry.ts'
import { type Detected, detectInProcess } from './detect-in-process.ts'
import { generateTrial, type Trial, type Workload } from './trials.ts'

export interface TrialResult extends Detected, Pick<Workload, 'truth' | 'meta'> {
  readonly trial: Trial
}

parentPort?.on('message', (trial: Trial) => {
  const { events, truth, meta } = generateTrial(trial)
  const detectors = DETECTORS.filter(({ name }) => trial.detectors?.includes(name) ?? true)
  const result: TrialResult = { ...detectInProcess(events, detectors), trial, truth, meta }
  parentPort?.postMessage(result)
})

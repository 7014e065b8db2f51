import { parentPort } from 'node:worker_threads'
import { DETECTORS } from '#lib/detectors/registry.ts'
import { generate } from '../../fixtures/detection/gen.mjs'
import { type Detected, detectInProcess } from './detect-in-process.ts'
import { generateHardWorld } from './hard-world/generate.ts'

/** One workload to generate and to judge. */
export interface Trial {
  readonly seed: number
  readonly scenario: string
  /** `hard` = of the shapes in hard-world/. */
  readonly world: 'labelled' | 'hard'
  /** Names of detectors; null = all. */
  readonly detectors: readonly string[] | null
}

export interface TrialResult extends Detected {
  readonly trial: Trial
  readonly truth: unknown[]
  readonly meta: Record<string, unknown>
}

parentPort?.on('message', (trial: Trial) => {
  const { seed, scenario } = trial
  const { events, truth, meta } =
    trial.world === 'hard' ? generateHardWorld({ seed, scenario }) : generate({ seed, scenario })
  const detectors = DETECTORS.filter(({ name }) => trial.detectors?.includes(name) ?? true)
  const result: TrialResult = { ...detectInProcess(events, detectors), trial, truth, meta }
  parentPort?.postMessage(result)
})

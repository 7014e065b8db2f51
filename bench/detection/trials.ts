import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { generate, SCENARIOS } from '../../fixtures/detection/gen.mjs'
import { generateHardWorld } from './hard-world/generate.ts'
import { HARD_SCENARIOS } from './hard-world/scenarios.ts'

/** One workload to generate and to judge. */
export interface Trial {
  readonly seed: number
  readonly scenario: string
  /** `hard` = of the shapes in hard-world/. */
  readonly world: 'labelled' | 'hard'
  /** Names of detectors; null = all. */
  readonly detectors: readonly string[] | null
}

export interface Workload {
  readonly events: readonly unknown[]
  readonly truth: unknown[]
  readonly meta: Record<string, unknown>
}

export interface TrialSelection {
  readonly world: string
  /** `4` or `1-10`. */
  readonly seeds: string
  /** Regular expression over whole names. */
  readonly scenarios: string
  readonly detectors?: string | undefined
}

export function selectTrials({ world, seeds, scenarios, detectors }: TrialSelection): Trial[] {
  const [first = 1, last = first] = seeds.split('-').map(Number)
  const wanted = new RegExp(`^(${scenarios})$`)
  const isHard = world === 'hard'
  const names = Object.keys(isHard ? HARD_SCENARIOS : SCENARIOS).filter((name) => wanted.test(name))
  const trials: Trial[] = []
  for (let seed = first; seed <= last; seed++) {
    for (const scenario of names)
      trials.push({
        world: isHard ? 'hard' : 'labelled',
        seed,
        scenario,
        detectors: detectors?.split(',') ?? null,
      })
  }
  return trials
}

export function generateTrial({ world, seed, scenario }: Trial): Workload {
  return world === 'hard' ? generateHardWorld({ seed, scenario }) : generate({ seed, scenario })
}

/** Hands trials to worker threads, one at a time each; results come in the order of the trials. */
export async function runTrials<Result>(
  script: URL,
  trials: readonly Trial[],
  threads: number,
  onResult: (trial: Trial) => void = () => undefined,
): Promise<Result[]> {
  const waiting = [...trials.entries()]
  const results: Result[] = new Array(trials.length)
  const work = async () => {
    const worker = new Worker(script)
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, trial] = next
      worker.postMessage(trial)
      const [result] = (await once(worker, 'message')) as [Result]
      results[place] = result
      onResult(trial)
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: threads }, work))
  return results
}

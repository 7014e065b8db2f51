import type { Random } from '../../../tests/testing/random.ts'
import { LATENCY_FAMILIES, type ServiceTime } from './latency-families.ts'

export interface HardTool {
  readonly name: string
  readonly serviceMs: ServiceTime
  readonly scaleMs: number
  readonly effect: 'read' | 'write' | 'unknown'
  readonly resource: string | null
  readonly errorShare: number
}

/** A task is a sequence of steps; a step is what the model emits at once. */
export interface HardTask {
  readonly steps: readonly (readonly string[])[]
  readonly weight: number
}

export interface HardAgent {
  readonly name: string
  readonly tools: readonly string[]
  readonly tasks: readonly HardTask[]
  readonly cap: number | null
  readonly model: string
  /** Share of the traffic. */
  readonly share: number
  readonly rhythm: 'office' | 'nightly' | 'round-the-clock' | 'bursts'
  /** How often the model splits a step for no reason, and a host runs one call after another. */
  readonly splitShare: number
  readonly serialRunShare: number
  readonly hasFingerprints: boolean
  readonly hasRuns: boolean
}

export interface HardWorld {
  readonly tools: ReadonlyMap<string, HardTool>
  readonly agents: readonly HardAgent[]
}

const FAMILY_NAMES = Object.keys(LATENCY_FAMILIES)
const RHYTHMS = ['office', 'nightly', 'round-the-clock', 'bursts'] as const

/** Agents of very uneven volumes with tools of many latency families; the same seed is the same world. */
export function createWorld(random: Random): HardWorld {
  const tools = new Map<string, HardTool>()
  for (let i = 0; i < 28; i++) {
    const scaleMs = 30 * 60 ** random.next()
    const family = LATENCY_FAMILIES[random.pick(FAMILY_NAMES)] as (scaleMs: number) => ServiceTime
    const effect = random.pick(['read', 'read', 'read', 'write', 'unknown'] as const)
    const resource = random.chance(0.6) ? `store${random.int(1, 8)}` : null
    const name = `svc.${effect === 'write' ? 'put' : 'get'}_${i}`
    tools.set(name, {
      name,
      serviceMs: family(scaleMs),
      scaleMs,
      effect,
      resource,
      errorShare: 0.04 * random.next() ** 2,
    })
  }
  const names = [...tools.keys()]
  const shares = [0.55, 0.2, 0.12, 0.08, 0.04, 0.01]
  const agents = shares.map((share, i): HardAgent => {
    const mine = Array.from({ length: random.int(6, 12) }, () => random.pick(names))
    return {
      name: `agent-${String.fromCharCode(97 + i)}`,
      tools: [...new Set(mine)],
      tasks: Array.from({ length: random.int(3, 6) }, (_, k) => createTask(random, [...new Set(mine)], k)),
      cap: random.pick([null, null, 6, 3]),
      model: random.pick(['gamma-4', 'delta-2']),
      share,
      rhythm: i === 0 ? 'office' : random.pick(RHYTHMS),
      splitShare: 0.05 * random.next(),
      serialRunShare: 0.02 * random.next(),
      hasFingerprints: i !== 1,
      hasRuns: i !== 3,
    }
  })
  return { tools, agents }
}

function createTask(random: Random, mine: readonly string[], k: number): HardTask {
  const steps = Array.from({ length: random.int(2, 6) }, () => {
    const width = random.pick([1, 1, 2, 2, 3, 4, 6])
    const fanOut = random.chance(0.3) ? random.pick(mine) : null
    return Array.from({ length: width }, () => fanOut ?? random.pick(mine))
  })
  return { steps, weight: 1 / (k + 1) }
}

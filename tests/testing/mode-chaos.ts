import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createParascope, type Parascope } from '@parascope/sdk'
import { startServer } from '../../e2e/server-process.ts'
import { ChaosProxy } from './chaos-proxy.ts'
import { HttpClient } from './http-client.ts'
import { putRules } from './put-rules.ts'
import type { Random } from './random.ts'

const SAMPLE_MS = 10
/** Faults follow each other so closely. */
const MAX_FAULT_GAP_MS = 250
const FAULTS_A_ROUND = 12
const MAX_AWAY_MS = 1_500
const CONVERGENCE_LIMIT_MS = 60_000

export interface ChaosOptions {
  /** Each ends the server once, half of the time as a crash does. */
  readonly restarts: number
  readonly clients: number
  readonly random: Random
  /** A convergence that takes longer breaks the promise. */
  readonly withinMs: number
  readonly onRound?: (round: number, convergedMs: number) => void
}

export interface ChaosResult {
  readonly flips: number
  /** By kind, how often each was inflicted. */
  readonly faults: Readonly<Record<string, number>>
  /** A round each: from the moment at which the network was whole until the last client obeyed. */
  readonly convergedMs: readonly number[]
  readonly broken: readonly string[]
}

/** Executors of the published SDK, a server in a process of its own, and a network that fails between them. */
export async function runModeChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { random, restarts } = options
  const dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-mode-chaos-'))
  let server = await startServer({ pages: 'none', dataDir })
  const proxy = await ChaosProxy.open(server.url, random)
  const crowd = watchCrowd(openScopes(proxy.url, options.clients))
  const operator = new Operator(random)
  const faults: Record<string, number> = {}
  const convergedMs: number[] = []
  const broken: string[] = []
  try {
    for (let round = 0; round < restarts; round++) {
      await operator.flip(server.url)
      for (let i = 0; i < FAULTS_A_ROUND; i++) {
        const fault = random.pick(FAULTS)
        faults[fault] = (faults[fault] ?? 0) + 1
        await inflict(fault, proxy, () => operator.flip(server.url))
        await sleep(random.int(0, MAX_FAULT_GAP_MS))
      }
      await (random.chance(0.5) ? server.kill() : server.stop())
      await sleep(random.int(0, MAX_AWAY_MS))
      server = await startServer({ pages: 'none', dataDir })
      const revision = await operator.flip(server.url)
      Object.assign(proxy, { upstream: server.url, weather: 'clear', disorder: 0 })
      const tookMs = await crowd.converge(revision)
      convergedMs.push(tookMs)
      if (tookMs > options.withinMs) broken.push(`round ${round}: converged after ${Math.round(tookMs)} ms`)
      options.onRound?.(round, tookMs)
    }
    return { flips: operator.flips, faults, convergedMs, broken: [...broken, ...crowd.wentBack] }
  } finally {
    await crowd.close()
    await proxy.close()
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const FAULTS = ['flip', 'drop', 'half-open', 'disorder', 'refuse', 'silence', 'clear'] as const

async function inflict(
  fault: (typeof FAULTS)[number],
  proxy: ChaosProxy,
  flip: () => Promise<unknown>,
): Promise<void> {
  if (fault === 'flip') await flip()
  else if (fault === 'drop') proxy.drop(0.5)
  else if (fault === 'half-open') proxy.halfOpen()
  else if (fault === 'disorder') proxy.disorder = proxy.disorder === 0 ? 0.4 : 0
  else proxy.weather = fault === 'refuse' ? 'refusing' : fault === 'silence' ? 'silent' : 'clear'
}

/** Sets the mode past the network, as somebody beside the server does. */
class Operator {
  flips = 0
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  async flip(url: string): Promise<number> {
    const client = new HttpClient(url)
    const mode = this.#random.pick(['serial', 'reads-only'] as const)
    const { revision } = await putRules(client, [{ mode, environment: `flip-${this.flips++}` }])
    client.close()
    return revision
  }
}

/** One of four asks instead of listening. */
function openScopes(url: string, count: number): Parascope[] {
  return Array.from({ length: count }, (_, i) =>
    createParascope({
      url,
      agent: `agent-${i}`,
      environment: 'production',
      modeUpdates: i % 4 === 3 ? 'poll' : 'stream',
    }),
  )
}

/** Looks at what each obeys, all the time. */
function watchCrowd(scopes: readonly Parascope[]) {
  const seen = scopes.map(() => -1)
  const wentBack: string[] = []
  const look = () => {
    for (const [i, scope] of scopes.entries()) {
      const { revision } = scope.mode()
      const before = seen[i] ?? -1
      if (revision === null) continue
      if (revision < before) wentBack.push(`executor ${i} went from revision ${before} back to ${revision}`)
      seen[i] = revision
    }
  }
  const timer = setInterval(look, SAMPLE_MS)
  return {
    wentBack,
    /** Resolves with how long it took until all obey the revision. */
    async converge(revision: number): Promise<number> {
      const sinceMs = performance.now()
      while (seen.some((obeyed) => obeyed < revision)) {
        const tookMs = performance.now() - sinceMs
        if (tookMs > CONVERGENCE_LIMIT_MS) throw new Error(`after ${tookMs} ms they obey ${seen.join(', ')}`)
        await sleep(SAMPLE_MS)
      }
      return performance.now() - sinceMs
    },
    async close(): Promise<void> {
      clearInterval(timer)
      await Promise.all(scopes.map((scope) => scope.shutdown(100)))
    },
  }
}

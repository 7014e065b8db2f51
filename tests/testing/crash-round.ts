import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from '../../e2e/server-process.ts'
import { judgeStore, type StoreFinding } from './judge-store.ts'
import { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import { ResendingSender } from './resending-sender.ts'

const SENDERS = 6
/** The server works for so long, at random, before it is killed. */
const MAX_LIFE_MS = 600
/** Some are killed while they start, before they have said that they are ready. */
const EARLY_SHARE = 0.1
const MAX_START_MS = 900

export interface CrashRound {
  /** What each kill, and the stop at the end, left behind. */
  readonly findings: readonly StoreFinding[]
  readonly resent: number
}

/**
 * One data folder through a number of kills under full ingest and a stop at the end, looked at after each:
 * every acknowledged batch is there, once, as it was sent; the file is whole; derived state is what a rebuild
 * from the log comes to.
 */
export async function runCrashRound(
  kills: number,
  random: Random,
  onFinding: (finding: StoreFinding) => void = () => undefined,
): Promise<CrashRound> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-crash-'))
  const ledger = new Ledger()
  const senders = Array.from(
    { length: SENDERS },
    (_, i) => new ResendingSender(`sender-${i}`, random, ledger),
  )
  const findings: StoreFinding[] = []
  const look = () => {
    const finding = judgeStore(dataDir, ledger)
    findings.push(finding)
    onFinding(finding)
  }
  try {
    for (let kill = 0; kill < kills; kill++) {
      if (kill > 0 && random.chance(EARLY_SHARE)) await killWhileStarting(dataDir, random)
      else await killUnderLoad(dataDir, senders, random)
      look()
    }
    await using server = await startServer({ pages: 'none', dataDir })
    await Promise.all(senders.map((sender) => sender.settle(server.url)))
    await server.stop()
    look()
    return { findings, resent: senders.reduce((sum, { resent }) => sum + resent, 0) }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function killUnderLoad(
  dataDir: string,
  senders: readonly ResendingSender[],
  random: Random,
): Promise<void> {
  const server = await startServer({ pages: 'none', dataDir })
  let dead = false
  const running = senders.map((sender) => sender.run(server.url, () => dead))
  await sleep(random.int(0, MAX_LIFE_MS))
  await server.kill()
  dead = true
  await Promise.all(running)
}

async function killWhileStarting(dataDir: string, random: Random): Promise<void> {
  const killer = new AbortController()
  const starting = startServer({ pages: 'none', dataDir, signal: killer.signal })
  const ended = starting.then(
    (server) => server.kill(),
    () => undefined,
  )
  await sleep(random.int(0, MAX_START_MS))
  killer.abort()
  await ended
}

import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { WireBatch } from '#lib/contract/reads.ts'
import { listBatches, postAll, readBatch, readRun } from './exchange.ts'
import { judge, type Verdict } from './judge.ts'
import { decode, type RecordedRun } from './recordings.ts'
import { createFreshIds, renameIds } from './rename-ids.ts'
import { waitForAssembly } from './span-load.ts'
import { readTruth, type TrueTurn } from './truth.ts'
import { VARIANTS, type Variant } from './variants.ts'

const ID_SEED = 20_261_120
const SENDERS = 4
const POLL_MS = 250
/** Beyond the quiet period. */
const PATIENCE_MS = 60_000

/** One run under one variant, sent and read back. */
export interface Score {
  readonly run: string
  readonly framework: string
  readonly variant: string
  /** Whether the spans still said everything that was recorded. */
  readonly isWhole: boolean
  readonly refusals: readonly string[]
  /** Before and after the quiet period. */
  readonly live: Verdict
  readonly final: Verdict
}

export interface TrialResult {
  readonly scores: readonly Score[]
  /** Batches that were seen live, and how many of them said that they were provisional. */
  readonly live: { readonly batches: number; readonly provisional: number }
  /** What does not belong to any one run; empty when all is well. */
  readonly broken: readonly string[]
}

interface Sent {
  readonly run: RecordedRun
  readonly variant: Variant
  readonly runIds: ReadonlySet<string>
  readonly truth: readonly TrueTurn[]
  readonly refusals: readonly string[]
}

/** Sends every run under every variant to a server without other traffic, and judges what it makes of them. */
export async function tryAll(
  url: string,
  runs: readonly RecordedRun[],
  onProgress: (what: string) => void,
): Promise<TrialResult> {
  const fresh = createFreshIds(ID_SEED)
  const sent: Sent[] = []
  const live = new Map<Sent, Verdict>()
  const seen = { batches: 0, provisional: 0 }
  for (const variant of VARIANTS) {
    onProgress(variant.name)
    const now = await inTurns(runs, async (run) => {
      const renamed = renameIds(run, fresh)
      const requests = variant.toRequests(renamed)
      const spans = requests.flatMap((request) => decode(request).spans)
      const { refusals } = await postAll(url, requests)
      return { run, variant, runIds: renamed.runIds, truth: readTruth(renamed, spans), refusals }
    })
    sent.push(...now)
    for (const [one, batches] of byRun(now, await readLive(url))) {
      live.set(one, judge(one.truth, batches))
      seen.batches += batches.length
      seen.provisional += batches.filter(({ provisional }) => provisional).length
    }
  }
  onProgress('waiting until all is final')
  const { batches, broken } = await readFinal(url)
  const final = byRun(sent, batches)
  const known = new Set([...final.values()].flat())
  const strays = batches.filter((batch) => !known.has(batch))
  if (strays.length > 0)
    broken.push(`${strays.length} batches are of no run that was sent, as ${strays[0]?.batch_id}`)
  onProgress('reading runs and batches')
  broken.push(...(await compareReads(url, batches)))
  const scores = sent.map((one) => ({
    run: one.run.name,
    framework: one.run.framework,
    variant: one.variant.name,
    isWhole: one.variant.isWhole,
    refusals: one.refusals,
    live: live.get(one) ?? judge(one.truth, []),
    final: judge(one.truth, final.get(one) ?? []),
  }))
  return { scores, live: seen, broken }
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  const takeOver = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T)
  }
  await Promise.all(Array.from({ length: SENDERS }, takeOver))
  return results
}

function byRun(sent: readonly Sent[], batches: readonly WireBatch[]): Map<Sent, WireBatch[]> {
  const owners = new Map(sent.flatMap((one) => [...one.runIds].map((id) => [id, one] as const)))
  const groups = new Map<Sent, WireBatch[]>(sent.map((one) => [one, []]))
  for (const batch of batches) {
    const owner = owners.get(batch.run_id ?? '')
    if (owner !== undefined) groups.get(owner)?.push(batch)
  }
  return groups
}

/** The batches once every span that was sent is in one. */
async function readLive(url: string): Promise<WireBatch[]> {
  await waitForAssembly(url)
  return listBatches(url)
}

async function readFinal(url: string): Promise<{ batches: WireBatch[]; broken: string[] }> {
  const untilMs = performance.now() + PATIENCE_MS
  for (;;) {
    const batches = await listBatches(url)
    const open = batches.filter(({ provisional }) => provisional)
    if (open.length === 0) return { batches, broken: [] }
    if (performance.now() > untilMs)
      return { batches, broken: [`${open.length} batches never became final, as ${open[0]?.batch_id}`] }
    await sleep(POLL_MS)
  }
}

/** A run, and each batch by itself, say the same as the list. */
async function compareReads(url: string, batches: readonly WireBatch[]): Promise<string[]> {
  const runIds = [...new Set(batches.flatMap(({ run_id }) => run_id ?? []))]
  const ofRuns = (await inTurns(runIds, (id) => readRun(url, id))).flat()
  const byId = new Map(ofRuns.map((batch) => [batch.batch_id, batch]))
  const alone = await inTurns(batches, ({ batch_id }) => readBatch(url, batch_id))
  const name = (what: string, wrong: readonly WireBatch[]) =>
    wrong.length === 0 ? [] : [`${wrong.length} batches are told otherwise ${what}, as ${wrong[0]?.batch_id}`]
  return [
    ...name(
      'in their run',
      batches.filter((batch) => !saysTheSame(batch, byId.get(batch.batch_id))),
    ),
    ...name(
      'by themselves',
      batches.filter((batch, i) => !saysTheSame(batch, alone[i])),
    ),
  ]
}

/** What is read elsewhere may say more of a batch, and nothing else. */
function saysTheSame(batch: WireBatch, elsewhere: WireBatch | undefined): boolean {
  return elsewhere !== undefined && isDeepStrictEqual({ ...elsewhere, ...batch }, elsewhere)
}

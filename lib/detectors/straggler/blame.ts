import type { Suspect } from '#lib/model/alert.ts'
import type { AgentWatch, VersionWatch } from './state.ts'

/** Which of an agent's versions brought a slowdown, if one did. */
export interface Blame {
  readonly version: VersionWatch | null
  readonly suspects: readonly Suspect[]
}

/** Nats for a version that came about when it began: deploys change agents more than time does. */
const PRIOR = 2
/** Nats that a version's own calls must bring before it is blamed for what its successors show too. */
const OWN_PROOF = 3

/**
 * Compares "all calls of these consecutive versions are slow and no others" with "all calls since some moment
 * are": the second may choose its moment among all calls and pays for that, the first among versions. A version
 * that ran well for a while before the onset has its good calls against it.
 */
export function blame(watch: AgentWatch, alternative: number, onsetMs: number): Blame {
  const versions = [...watch.versions].sort((a, b) => a.firstMs - b.firstMs)
  const calls = versions.reduce((sum, version) => sum + version.calls, 0)
  const time = (watch.evidence.sums[alternative] as number) - Math.log(1 + calls)
  const price = Math.log((versions.length * (versions.length + 1)) / 2)
  let best: { first: number; log: number } | null = null
  for (const [first, version] of versions.entries()) {
    // Known from the beginning of what is remembered on: nobody saw it come.
    if (first === 0 || version.version === '') continue
    if ((version.totals[alternative] as number) < OWN_PROOF) continue
    let sum = 0
    for (const { totals } of versions.slice(first)) {
      sum += totals[alternative] as number
      const log = sum - price
      if (best === null || log > best.log) best = { first, log }
    }
  }
  const logOdds = (best?.log ?? Number.NEGATIVE_INFINITY) - time + PRIOR
  if (best === null || logOdds <= 0) return { version: null, suspects: [sayTime(onsetMs, -logOdds)] }
  const version = versions[best.first] as VersionWatch
  const before = versions[best.first - 1] as VersionWatch
  return { version, suspects: [sayVersion(version, before, alternative, logOdds)] }
}

function sayVersion(
  version: VersionWatch,
  before: VersionWatch,
  alternative: number,
  logOdds: number,
): Suspect {
  return {
    kind: 'version',
    value: version.version,
    before: before.version,
    logOdds,
    because: `its ${version.calls} calls speak for the slowdown by ${natsOf(version, alternative)} nats, the ${before.calls} of ${before.version} by ${natsOf(before, alternative)}`,
  }
}

function natsOf({ totals }: VersionWatch, alternative: number): string {
  return (totals[alternative] as number).toFixed(1)
}

function sayTime(onsetMs: number, logOdds: number): Suspect {
  const because = 'no version came when it began'
  return {
    kind: 'time',
    value: new Date(onsetMs).toISOString(),
    before: null,
    logOdds: Math.min(100, logOdds),
    because,
  }
}

import type { Random } from '../random.ts'

/** How one endpoint behaves: the live service waits by it, the written history is drawn from it. */
export interface EndpointProfile {
  /** Median answer time at a quiet hour, nothing else in flight. */
  readonly medianMs: number
  /** Spread: standard deviation of the logarithm of the answer time. */
  readonly sigma: number
  /** Share of answers from the slow tail (a cold cache, a failover), and how much longer they take. */
  readonly tailShare: number
  readonly tailFactor: number
  /** Share of requests answered 503. */
  readonly unavailableShare: number
  /** Share of requests answered 429 whatever the load. */
  readonly throttledShare: number
  /** Requests in flight that cost nothing; each one more slows the answer by `crowdingFactor`. */
  readonly comfortableInFlight: number
  readonly crowdingFactor: number
  /** Requests in flight beyond which the endpoint answers 429; null = no limit. */
  readonly maxInFlight: number | null
}

const calm = {
  tailShare: 0.015,
  tailFactor: 4,
  unavailableShare: 0.003,
  throttledShare: 0,
  comfortableInFlight: 8,
  crowdingFactor: 0.05,
  maxInFlight: null,
} as const

export const ENDPOINTS = {
  order: { ...calm, medianMs: 84, sigma: 0.35 },
  customer: { ...calm, medianMs: 58, sigma: 0.3 },
  'order-search': { ...calm, medianMs: 190, sigma: 0.5, comfortableInFlight: 3, crowdingFactor: 0.12 },
  // A carrier's API: slow, uneven, and strict about who asks how often.
  shipment: {
    ...calm,
    medianMs: 310,
    sigma: 0.55,
    tailShare: 0.04,
    tailFactor: 4.5,
    unavailableShare: 0.012,
    throttledShare: 0.008,
    comfortableInFlight: 6,
    crowdingFactor: 0.08,
    maxInFlight: 30,
  },
  'refund-list': { ...calm, medianMs: 105, sigma: 0.4 },
  'refund-create': { ...calm, medianMs: 245, sigma: 0.45, unavailableShare: 0.01 },
  'credit-check': { ...calm, medianMs: 70, sigma: 0.35, unavailableShare: 0.002 },
  'stock-reserve': { ...calm, medianMs: 135, sigma: 0.4, unavailableShare: 0.008 },
  'shipping-quote': { ...calm, medianMs: 225, sigma: 0.5, tailShare: 0.03 },
  email: { ...calm, medianMs: 150, sigma: 0.45 },
  'catalogue-search': { ...calm, medianMs: 275, sigma: 0.5, comfortableInFlight: 3, crowdingFactor: 0.1 },
  page: {
    ...calm,
    medianMs: 390,
    sigma: 0.7,
    tailShare: 0.03,
    tailFactor: 4,
    unavailableShare: 0.015,
    throttledShare: 0.006,
    maxInFlight: 48,
  },
} as const satisfies Record<string, EndpointProfile>

export type EndpointName = keyof typeof ENDPOINTS

const HOUR_MS = 3_600_000
const PEAK_HOUR_UTC = 15

/** How busy the world is at an instant: 0 in the dead of night, 1 at the daily peak (15:00 UTC). */
export function dailyLoad(epochMs: number): number {
  const hour = (epochMs / HOUR_MS) % 24
  return (1 + Math.cos(((hour - PEAK_HOUR_UTC) / 24) * 2 * Math.PI)) / 2
}

/** Drift of latency over the day: a fifth slower at the peak than at the mean, a fifth faster at night. */
function diurnalFactor(epochMs: number): number {
  return 0.8 + 0.4 * dailyLoad(epochMs)
}

/** What the service decides for one request: with which status it answers, and after how long. */
export interface EndpointDraw {
  readonly status: 200 | 429 | 503
  readonly latencyMs: number
}

/**
 * Decides one request. `inFlight` counts the endpoint's requests under way, this one included.
 * Always takes the same number of draws, so that one changed share does not shift all that follow.
 */
export function drawAnswer(
  profile: EndpointProfile,
  random: Random,
  epochMs: number,
  inFlight: number,
): EndpointDraw {
  const base = random.lognormal(profile.medianMs, profile.sigma)
  const isTail = random.chance(profile.tailShare)
  const fate = random.next()
  const crowd = Math.max(0, inFlight - profile.comfortableInFlight) * profile.crowdingFactor
  const latencyMs = base * (isTail ? profile.tailFactor : 1) * diurnalFactor(epochMs) * (1 + crowd)
  const overLimit = profile.maxInFlight !== null && inFlight > profile.maxInFlight
  // A limiter refuses at the door; an overloaded backend fails about half-way through the work.
  if (overLimit || fate < profile.throttledShare) return { status: 429, latencyMs: 4 + latencyMs * 0.02 }
  if (fate < profile.throttledShare + profile.unavailableShare)
    return { status: 503, latencyMs: latencyMs * 0.5 }
  return { status: 200, latencyMs }
}

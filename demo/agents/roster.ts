import { orderDesk } from './order-desk.ts'
import type { ModelProfile, Policy } from './policy.ts'
import { researchCrawler } from './research-crawler.ts'
import { supportRefund } from './support-refund.ts'
import { supportTriage } from './support-triage.ts'

/** One build of an agent in one environment: what its executor declares, and what it really does. */
export interface Release {
  readonly version: string
  /** Hours before the end of the written history at which it was deployed. */
  readonly sinceHoursAgo: number
  /** Share of runs while it is a canary; 1 = it took over. */
  readonly share: number
  /** Its own executor awaits one call after another although it declares parallel: the bug to be found. */
  readonly isSerialising: boolean
}

/**
 * Who runs the calls of a turn: the SDK's executor, or the agent's own loop over functions that the SDK
 * wraps. Only the latter tries again within a turn; with the former the model asks again.
 */
export type ExecutorKind = 'scheduled' | 'own'

/** An agent in an environment, with all that changed about it over the last days. */
export interface AgentSpec {
  readonly agent: string
  readonly environment: string
  readonly policy: Policy
  readonly executor: ExecutorKind
  /** Mean runs an hour over a day of the written history; live runs are dealt in proportion to its root. */
  readonly runsPerHour: number
  /** Declared cap on calls in flight; null = none. */
  readonly concurrency: number | null
  /** Deadline of a single call, from its own start; null = none. */
  readonly deadlineMs: number | null
  /** How often a call is tried in all when it fails in passing. */
  readonly maxAttempts: number
  /** Oldest first. */
  readonly releases: readonly Release[]
  /** Oldest first; a model switch needs no deploy. */
  readonly models: readonly { readonly profile: ModelProfile; readonly sinceHoursAgo: number }[]
}

/** Before everything that the history tells. */
const ALWAYS = Number.POSITIVE_INFINITY

const SONNET: ModelProfile = {
  provider: 'anthropic',
  model: 'claude-sonnet-4-5',
  medianMs: 1_450,
  splitShare: 0,
}
const HAIKU: ModelProfile = {
  provider: 'anthropic',
  model: 'claude-haiku-4-5',
  medianMs: 780,
  splitShare: 0.02,
}
const GPT: ModelProfile = { provider: 'openai', model: 'gpt-5.1', medianMs: 1_250, splitShare: 0.02 }
// Cheaper, and given to emitting one call a turn: what "missed parallelism" looks like.
const GPT_MINI: ModelProfile = { provider: 'openai', model: 'gpt-5.1-mini', medianMs: 690, splitShare: 0.12 }

const always = (version: string): Release => ({
  version,
  sinceHoursAgo: ALWAYS,
  share: 1,
  isSerialising: false,
})
const since = (sinceHoursAgo: number, version: string): Release => ({ ...always(version), sinceHoursAgo })
const alwaysOn = (profile: ModelProfile) => ({ profile, sinceHoursAgo: ALWAYS })

const scheduled = { executor: 'scheduled', maxAttempts: 1 } as const
const REFUND = {
  ...scheduled,
  agent: 'support-refund',
  policy: supportRefund,
  concurrency: 6,
  deadlineMs: 2_500,
}
const TRIAGE = {
  ...scheduled,
  agent: 'support-triage',
  policy: supportTriage,
  concurrency: null,
  deadlineMs: 3_000,
}
const CRAWLER = {
  ...scheduled,
  agent: 'research-crawler',
  policy: researchCrawler,
  concurrency: 3,
  deadlineMs: 1_500,
}
const DESK = {
  executor: 'own',
  maxAttempts: 2,
  agent: 'order-desk',
  policy: orderDesk,
  concurrency: null,
  deadlineMs: null,
} as const

export const ROSTER: readonly AgentSpec[] = [
  {
    ...REFUND,
    environment: 'production',
    runsPerHour: 27,
    releases: [always('1.8.2'), since(51, '1.9.0'), since(14, '1.9.1')],
    models: [alwaysOn(SONNET)],
  },
  {
    ...REFUND,
    environment: 'staging',
    runsPerHour: 4,
    releases: [always('1.9.0'), since(20, '1.10.0-rc.1')],
    models: [alwaysOn(SONNET)],
  },
  {
    ...TRIAGE,
    environment: 'production',
    runsPerHour: 33,
    releases: [always('3.1.4'), since(38, '3.2.0')],
    models: [alwaysOn(GPT), { profile: GPT_MINI, sinceHoursAgo: 22 }],
  },
  {
    ...DESK,
    environment: 'production',
    runsPerHour: 20,
    releases: [
      always('2.1.4'),
      since(62, '2.2.0'),
      { version: '2.3.0', sinceHoursAgo: 5, share: 0.3, isSerialising: true },
    ],
    models: [alwaysOn(GPT)],
  },
  {
    ...DESK,
    environment: 'staging',
    runsPerHour: 4,
    releases: [always('2.2.0'), { version: '2.3.0', sinceHoursAgo: 9, share: 1, isSerialising: true }],
    models: [alwaysOn(GPT)],
  },
  {
    ...CRAWLER,
    environment: 'production',
    runsPerHour: 11,
    releases: [always('0.7.3'), since(30, '0.8.0')],
    models: [alwaysOn(HAIKU)],
  },
  {
    ...CRAWLER,
    environment: 'staging',
    runsPerHour: 3,
    releases: [always('0.8.0'), since(26, '0.8.1')],
    models: [alwaysOn(HAIKU)],
  },
]

/** The releases that share the runs at an instant, each with its part; the parts add up to 1. */
export function listActiveReleases(spec: AgentSpec, hoursAgo: number): readonly Release[] {
  const deployed = spec.releases.filter((release) => release.sinceHoursAgo >= hoursAgo)
  const stable = deployed.findLast((release) => release.share === 1)
  const canaries = deployed.filter((release) => release.share < 1)
  if (!stable) return canaries
  const rest = canaries.reduce((share, canary) => share - canary.share, 1)
  return [{ ...stable, share: rest }, ...canaries]
}

/** The model in use at an instant. */
export function getModel(spec: AgentSpec, hoursAgo: number): ModelProfile {
  const current = spec.models.findLast((model) => model.sinceHoursAgo >= hoursAgo)
  if (!current) throw new Error(`${spec.agent} has no model`)
  return current.profile
}

/** What can be deployed while the demo runs, over support-refund in production. */
export const LIVE_RELEASES = {
  /** Brings an executor of its own that awaits one call after another. */
  faulty: { ...since(0, '1.10.0'), isSerialising: true },
  fixed: since(0, '1.10.1'),
} as const satisfies Record<string, Release>
export type LiveReleaseName = keyof typeof LIVE_RELEASES

/** Who gets a release of {@link LIVE_RELEASES}. */
export function isDeployable(spec: AgentSpec): boolean {
  return spec.agent === REFUND.agent && spec.environment === 'production'
}

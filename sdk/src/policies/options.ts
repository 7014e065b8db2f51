import { ExponentialBackoff, halfJitterGenerator } from 'cockatiel'
import type { Policy } from '../batch.ts'
import type { Core } from '../core.ts'
import { codeOf, isRetriable } from '../failure.ts'
import { isObject, keysOf, read, snapshot, toInt, toList, toText } from '../guard.ts'
import { parsePolicy, toDeadline, UNDECLARED } from '../policy.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import type { PolicyContext, RateLimit } from './types.ts'

const DEFAULT_CONCURRENCY = 8
const MAX_ATTEMPTS = 10

/** The pauses before further attempts of one call, ms. */
export interface Pauses {
  next(): number
}

/** How a tool's failed attempts are tried again. */
export interface RetryPlan {
  readonly attempts: number
  readonly pauses: () => Pauses
  readonly isWorth: (error: unknown, hasKey: boolean) => boolean
}

/** What was declared for one tool, checked; the same object for all of its calls. */
export interface ToolPlan {
  readonly tool: string
  /** Without `resources`, which are read when the batch is planned. */
  readonly policy: Policy
  /** The paths that a call touches; null when nobody said. */
  readonly resources: ((args: unknown) => readonly string[] | null) | null
  readonly deadlineMs: number | null
  readonly retry: RetryPlan | null
  readonly limits: readonly RateLimit[]
  readonly breaker: Breaker | null
  readonly failsFast: boolean
  readonly keyOf: ((call: unknown, minted: string) => string | null) | null
  readonly maxResultBytes: number | null
}

/** An executor's options after checking. */
export interface PolicyPlan {
  readonly run: (call: unknown, context: PolicyContext) => unknown
  readonly concurrency: number | null
  readonly skip: boolean
  readonly writes: 'one-at-a-time' | 'independent'
  readonly groupsInOrder: boolean
  readonly toolCaps: ReadonlyMap<string, number>
  /** Made when a tool is first called: whoever was not declared has the defaults. */
  readonly planOf: (tool: string) => ToolPlan
}

const MAX_RESOURCES = 1_000
/** Tools whose plans are kept; a model that invents names must not fill the memory. */
const MAX_UNDECLARED = 1_000

/** Reads the options once. What is not usable counts as not given, and is told. */
export function parsePolicyPlan(core: Core, options: unknown): PolicyPlan {
  const run = read(options, 'run') as (...args: unknown[]) => unknown
  if (typeof run !== 'function') core.diagnose('config-run', 'run is not usable: every call will fail')
  const given = read(options, 'concurrency') ?? DEFAULT_CONCURRENCY
  const concurrency = toInt(given, 1)
  if (concurrency === null && given !== Number.POSITIVE_INFINITY) {
    core.diagnose('config-concurrency', `concurrency is not usable: ${DEFAULT_CONCURRENCY} holds`)
  }
  const deadlineMs = toDeadline(read(options, 'deadlineMs'))
  const defaults = read(options, 'defaults')
  const tools = read(options, 'tools')
  const plans = new Map<string, ToolPlan>()
  const toolCaps = new Map<string, number>()
  const parse = (tool: string, declared: unknown) => parseTool(core, tool, declared, defaults, deadlineMs)
  for (const tool of keysOf(tools)) {
    const plan = parse(tool, read(tools, tool))
    plans.set(tool, plan)
    if (plan.policy.maxConcurrency !== null) toolCaps.set(tool, plan.policy.maxConcurrency)
  }
  const bound = plans.size + MAX_UNDECLARED
  const others = parse('', undefined)
  return {
    run: (call, context) => run.call(options, call, context),
    concurrency: given === Number.POSITIVE_INFINITY ? null : (concurrency ?? DEFAULT_CONCURRENCY),
    skip: read(options, 'onDependencyFailure') !== 'run',
    writes: read(options, 'writes') === 'independent' ? 'independent' : 'one-at-a-time',
    groupsInOrder: read(options, 'groups') === 'in-order',
    toolCaps,
    planOf(tool) {
      const known = plans.get(tool)
      if (known !== undefined) return known
      if (plans.size >= bound) return others
      const plan = parse(tool, undefined)
      plans.set(tool, plan)
      return plan
    },
  }
}

const TOOL_KEYS = [
  'effect',
  'resources',
  'maxConcurrency',
  'deadlineMs',
  'retry',
  'rateLimit',
  'circuitBreaker',
  'onFailure',
  'idempotencyKey',
  'maxResultBytes',
] as const

function parseTool(
  core: Core,
  tool: string,
  declared: unknown,
  defaults: unknown,
  deadlineMs: number | null,
): ToolPlan {
  const own = snapshot(declared, TOOL_KEYS, defaults)
  const policy =
    declared === undefined && defaults === undefined ? UNDECLARED : parsePolicy(tool, own, core.diagnose)
  const guard = guardOf(core, tool)
  const { resources } = policy
  return {
    tool,
    policy: { ...policy, resources: null },
    resources:
      resources === null
        ? null
        : (args) =>
            guard(
              'resources',
              () => toList(resources(args), MAX_RESOURCES).map(toText).filter(Boolean),
              null,
            ),
    deadlineMs: policy.deadlineMs ?? deadlineMs,
    retry: parseRetry(own.retry, policy, guard),
    limits: parseLimits(core, tool, own.rateLimit),
    breaker: parseBreaker(own.circuitBreaker, guard),
    failsFast: own.onFailure === 'fail-fast',
    keyOf: policy.effect === 'read' ? null : parseKey(own.idempotencyKey, guard),
    maxResultBytes: toInt(own.maxResultBytes, 1),
  }
}

/** Runs a function of the host's on the side; one that throws gives the fallback, and is told. */
type Guard = <T>(what: string, fn: () => T, fallback: T) => T

function guardOf(core: Core, tool: string): Guard {
  return (what, fn, fallback) => {
    try {
      return fn()
    } catch (error) {
      core.threw(`${what} of ${tool}`, error)
      return fallback
    }
  }
}

function parseRetry(given: unknown, { effect }: Policy, guard: Guard): RetryPlan | null {
  const attempts = Math.min(toInt(read(given, 'attempts'), 2) ?? 1, MAX_ATTEMPTS)
  if (attempts < 2) return null
  const initialDelay = toDeadline(read(given, 'initialDelayMs')) ?? 200
  const maxDelay = Math.max(initialDelay, toDeadline(read(given, 'maxDelayMs')) ?? 10_000)
  const when = read(given, 'when')
  const backoff = new ExponentialBackoff({ initialDelay, maxDelay, generator: halfJitterGenerator })
  return {
    attempts,
    pauses() {
      let pause = backoff.next()
      return {
        next() {
          const { duration } = pause
          pause = pause.next(undefined)
          return duration
        },
      }
    },
    isWorth: (error, hasKey) =>
      typeof when === 'function'
        ? guard('retry.when', () => when(error) === true, false)
        : // Under one key a write happens once, however often it is asked for. Who knows what others do.
          isRetriable(error, codeOf(error), hasKey || effect === 'read' ? 'read' : 'write'),
  }
}

function parseLimits(core: Core, tool: string, given: unknown): readonly RateLimit[] {
  if (given === undefined || given === null) return []
  const list = Array.isArray(given) ? given : [given]
  const isUsable = (item: unknown): item is RateLimit =>
    typeof read(item, 'waitMs') === 'function' && typeof read(item, 'take') === 'function'
  const usable = list.filter(isUsable)
  if (usable.length < list.length)
    core.diagnose('config-rate-limit', `a rate limit of ${tool} is not usable: ignored`)
  return usable
}

function parseBreaker(given: unknown, guard: Guard): Breaker | null {
  if (!isObject(given)) return null
  const when = read(given, 'when')
  const openMs = toDeadline(read(given, 'openMs')) ?? 5_000
  return createBreaker({
    failures: toInt(read(given, 'failures'), 1) ?? 5,
    openMs,
    maxOpenMs: Math.max(openMs, toDeadline(read(given, 'maxOpenMs')) ?? 60_000),
    counts:
      typeof when === 'function'
        ? (error) => guard('circuitBreaker.when', () => when(error) === true, true)
        : () => true,
  })
}

function parseKey(given: unknown, guard: Guard): ToolPlan['keyOf'] {
  if (given === true) return (_, minted) => minted
  if (typeof given !== 'function') return null
  return (call) => guard('idempotencyKey', () => toText(given(call)) || null, null)
}

import { Batch } from './batch.ts'
import { CORE, type Core } from './core.ts'
import { read, toList } from './guard.ts'
import { PolicyExecution } from './policies/execution.ts'
import { lintTools } from './policies/lint.ts'
import { parsePolicyPlan } from './policies/options.ts'
import { createRateLimit } from './policies/rate-limit.ts'
import type {
  LintFinding,
  PolicyCall,
  PolicyEnvelope,
  PolicyExecutorOptions,
  RateLimit,
  RateLimitOptions,
  RunPolicyBatch,
} from './policies/types.ts'
import { snapshotTurn } from './turn-context.ts'
import type { Parascope } from './types.ts'

/** The core of a scope; throws where there is none, because then nothing here could work. */
function coreOf(scope: Parascope): Core {
  const core = read(scope, CORE as unknown as string) as Core | undefined
  if (core === undefined)
    throw new TypeError('not a scope of @parascope/sdk, or one of another major version')
  return core
}

/**
 * An executor with policies: caps, rate limits, deadlines, retries, circuit breakers, idempotency keys, limits
 * on results, and a plan of which calls are independent. It runs by default up to 8 calls at once and writes
 * one at a time; everything else is opt-in. What it gives back is what `scope.executor` gives, and the switch
 * still decides the mode.
 */
export function policyExecutor<C extends PolicyCall, R>(
  scope: Parascope,
  options: PolicyExecutorOptions<C, R>,
): RunPolicyBatch<C, Awaited<R>> {
  const core = coreOf(scope)
  const plan = parsePolicyPlan(core, options)
  return (calls, context) => {
    const list = toList(calls, Number.POSITIVE_INFINITY)
    if (list.length === 0) return Promise.resolve([])
    return new Promise((resolve) => {
      const turn = snapshotTurn(context, core.turnContext())
      const batch = new Batch(core, turn, plan.concurrency, plan.toolCaps)
      new PolicyExecution(core, plan, batch, resolve as (results: PolicyEnvelope[]) => void).start(
        list,
        read(context, 'signal'),
      )
    })
  }
}

/**
 * A limit to be shared by all tools and executors that ask one source. Calls beyond it wait without holding a
 * place among the running. Throws a `RangeError` when it could let nothing through.
 */
export const rateLimit = (options: RateLimitOptions): RateLimit => createRateLimit(options)

/** The tools called so far of which nobody said what they do, or which writes touch what. */
export function lint(scope: Parascope): LintFinding[] {
  return lintTools(coreOf(scope))
}

export type {
  CircuitBreakerOptions,
  LintFinding,
  PolicyCall,
  PolicyContext,
  PolicyEnvelope,
  PolicyExecutorOptions,
  PolicyOkEnvelope,
  RateLimit,
  RateLimitOptions,
  RetryOptions,
  RunPolicyBatch,
  ToolPolicies,
} from './policies/types.ts'

import type {
  BatchContext,
  CallContext,
  FailureEnvelope,
  OkEnvelope,
  ToolCall,
  ToolPolicy,
} from '../types.ts'

/** A limit on how often something may be asked, shared by every tool and executor that it is given to. */
export interface RateLimit {
  /** How long until a call may start, ms; 0 = now. `nowMs` is monotonic. */
  waitMs(nowMs: number): number
  /** Notes that a call starts. */
  take(nowMs: number): void
}

export interface RateLimitOptions {
  /** How many calls may start in `perMs`, evenly spread once `burst` is used up. */
  readonly calls: number
  /** Default 1,000. */
  readonly perMs?: number | undefined
  /** How many may start at once after a quiet time. Default: `calls`. */
  readonly burst?: number | undefined
}

export interface RetryOptions {
  /** All attempts together, the first included: 2 to 10. */
  readonly attempts: number
  /** The first pause; further ones grow and are random. Default 200. */
  readonly initialDelayMs?: number | undefined
  /** Default 10,000. */
  readonly maxDelayMs?: number | undefined
  /**
   * Whether an error is worth another attempt. Default: its own `retriable`, else whether it is transient and
   * the tool a read or called under an idempotency key.
   */
  readonly when?: ((error: unknown) => boolean) | undefined
}

export interface CircuitBreakerOptions {
  /** Failures in a row, over all batches of the executor, that open the circuit. Default 5. */
  readonly failures?: number | undefined
  /** How long it stays open the first time; each failed trial doubles it. Default 5,000. */
  readonly openMs?: number | undefined
  /** Default 60,000. */
  readonly maxOpenMs?: number | undefined
  /** Whether an error counts. Default: every one; cancelled calls never do. */
  readonly when?: ((error: unknown) => boolean) | undefined
}

export interface ToolPolicies extends ToolPolicy {
  readonly retry?: RetryOptions | undefined
  /** One limit or several: all must let the call start. Share one object to share the limit. */
  readonly rateLimit?: RateLimit | readonly RateLimit[] | undefined
  readonly circuitBreaker?: CircuitBreakerOptions | undefined
  /** `fail-fast`: when a call of this tool ends badly for good, its siblings are cancelled. Default `partial`. */
  readonly onFailure?: 'partial' | 'fail-fast' | undefined
  /** Gives writes a key that stays the same over all attempts; a function names it itself. */
  readonly idempotencyKey?: boolean | ((call: PolicyCall) => string) | undefined
  /** A longer result is cut, and says so. */
  readonly maxResultBytes?: number | undefined
}

/** One tool call; see `ToolCall`. */
export interface PolicyCall extends ToolCall {
  /** Siblings whose results it uses when they are there; it has defaults and does not wait for them. */
  readonly softDependsOn?: readonly string[] | undefined
}

/** What the runner gets beside the call. */
export interface PolicyContext extends CallContext {
  /** 1 for the first. */
  readonly attempt: number
  /** Null unless the tool asked for one and is no read. */
  readonly idempotencyKey: string | null
  /** How a sibling ended, if it has. */
  readonly sibling: (callId: string) => PolicyEnvelope | undefined
}

export interface PolicyExecutorOptions<C extends PolicyCall, R> {
  /** Runs one attempt of one call. */
  readonly run: (call: C, context: PolicyContext) => R
  /** How many calls may run at once. Default 8; `Infinity` = no cap. */
  readonly concurrency?: number | undefined
  /** From an attempt's own start to its timeout. Default: none. */
  readonly deadlineMs?: number | undefined
  /** Policies by tool. */
  readonly tools?: Readonly<Record<string, ToolPolicies>> | undefined
  /** Policies of tools that do not say otherwise. */
  readonly defaults?: ToolPolicies | undefined
  /** Default `skip`. */
  readonly onDependencyFailure?: 'skip' | 'run' | undefined
  /**
   * `one-at-a-time` (default), or `independent`: writes whose declared resources have nothing in common may
   * overlap. A write that does not say what it touches, or has a sibling that does not, runs alone in any case.
   */
  readonly writes?: 'one-at-a-time' | 'independent' | undefined
  /** `in-order`: each `group` of calls waits for the one before, in order of first mention. Default `free`. */
  readonly groups?: 'free' | 'in-order' | undefined
}

export interface PolicyOkEnvelope<T> extends OkEnvelope<T> {
  /** `data` is the beginning of the result's text, cut to `maxResultBytes`, and says so at its end. */
  readonly truncated?: true
}

/** As the core's; `errorCode` may also be `circuit-open` or `sibling-failed`. */
export type PolicyEnvelope<T = unknown> = PolicyOkEnvelope<T> | FailureEnvelope

/** Runs the calls of one turn. Never rejects; one envelope a call, in the order of the calls. */
export type RunPolicyBatch<C extends PolicyCall, T> = (
  calls: readonly C[],
  context?: BatchContext | undefined,
) => Promise<PolicyEnvelope<T>[]>

/** Something about a tool that its owner should declare. */
export interface LintFinding {
  readonly tool: string
  /** `no-effect`: it counts as a write. `no-resources`: it writes and cannot overlap anything. */
  readonly problem: 'no-effect' | 'no-resources'
  readonly advice: string
}

import type { ToolArgs, ToolName } from '../catalogue.ts'
import type { Random } from '../random.ts'
import type { Customer, Order, World } from '../world.ts'

/** A call as the scripted model emits it; it depends on others of its turn by reference. */
export interface PlannedCall {
  readonly tool: ToolName
  readonly args: ToolArgs
  readonly dependsOn: readonly PlannedCall[]
}

/** One answer of the scripted model: the calls, and what thinking them up is said to have cost. */
export interface PlannedTurn {
  readonly calls: readonly PlannedCall[]
  readonly modelMs: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** The customer hangs up this long after the calls were handed over; null = stays on the line. */
  readonly cancelAfterMs: number | null
}

export type CallStatus = 'ok' | 'error' | 'timeout' | 'cancelled' | 'never-ran'

/** How the calls of a turn ended: all that a policy gets to see, live and in the written history alike. */
export type TurnOutcome = ReadonlyMap<PlannedCall, CallStatus>

export type Turns<Result> = Generator<PlannedTurn, Result, TurnOutcome>

/** A deterministic stand-in for the model: yields turns, is told how they ended, decides what comes next. */
export type Policy = (task: Task) => Turns<void>

/** A language model as far as the demo imitates it. */
export interface ModelProfile {
  readonly provider: string
  readonly model: string
  /** Median time to emit a turn. */
  readonly medianMs: number
  /** Share of turns of independent reads that it emits one by one, turn after turn. */
  readonly splitShare: number
}

/** What one run is about. */
export interface Task {
  readonly random: Random
  readonly world: World
  readonly model: ModelProfile
  readonly customer: Customer
  /** The customer's orders, at least one. */
  readonly orders: readonly [Order, ...Order[]]
  readonly ticketId: string
  /** Emits one turn (or several, where the model splits it) and returns how its calls ended. */
  readonly emit: (calls: readonly PlannedCall[], options?: EmitOptions) => Turns<TurnOutcome>
}

export interface EmitOptions {
  /** Chance that the customer hangs up while these calls run. */
  readonly hangUpShare?: number
}

export function planCall(
  tool: ToolName,
  args: ToolArgs,
  dependsOn: readonly PlannedCall[] = [],
): PlannedCall {
  return { tool, args, dependsOn }
}

/** How often a customer hangs up within a turn, unless the policy says otherwise. */
const HANG_UP_SHARE = 0.006
const CONTEXT_TOKENS = 1_850

export interface TaskOptions {
  readonly random: Random
  readonly world: World
  readonly model: ModelProfile
  readonly customer: Customer
}

/** A task for one customer of the world. Everything it decides follows from `random`. */
export function createTask({ random, world, model, customer }: TaskOptions): Task {
  const [first, ...others] = world.ordersOf(customer.id)
  if (!first) throw new Error(`customer ${customer.id} has no order`)
  let inputTokens = CONTEXT_TOKENS + random.int(0, 900)
  const turn = (calls: readonly PlannedCall[], hangUpShare: number): PlannedTurn => {
    const outputTokens = 24 + calls.length * 31 + random.int(0, 40)
    const planned = {
      calls,
      modelMs: random.lognormal(model.medianMs, 0.3) + calls.length * 22,
      inputTokens,
      outputTokens,
      cancelAfterMs: random.chance(hangUpShare) ? random.lognormal(160, 0.5) : null,
    }
    // Each answer goes back into the next prompt.
    inputTokens += outputTokens + calls.length * random.int(70, 190)
    return planned
  }
  return {
    random,
    world,
    model,
    customer,
    orders: [first, ...others],
    ticketId: `tkt_${random.int(4000, 4199)}`,
    emit: function* (calls, { hangUpShare = HANG_UP_SHARE } = {}) {
      const independent = calls.length > 1 && calls.every((call) => call.dependsOn.length === 0)
      if (!independent || !random.chance(model.splitShare)) return yield turn(calls, hangUpShare)
      const outcome = new Map<PlannedCall, CallStatus>()
      for (const call of calls) {
        for (const [ended, status] of yield turn([call], hangUpShare)) outcome.set(ended, status)
      }
      return outcome
    },
  }
}

/** The calls of a turn that did not succeed. */
export function listFailed(outcome: TurnOutcome): PlannedCall[] {
  return [...outcome].filter(([, status]) => status !== 'ok').map(([call]) => call)
}

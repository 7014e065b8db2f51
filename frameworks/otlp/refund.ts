import { randomBytes } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

/*
 * One refund case, the same for every framework: several lookups at once, two of one tool and one that fails;
 * then the call that depends on them; then an answer. The tools keep their own time, and what they saw is the
 * truth that batches are held against.
 */

export interface EmittedCall {
  readonly callId: string
  readonly tool: string
  readonly args: Readonly<Record<string, string>>
}

export interface PlannedCall extends EmittedCall {
  readonly lastsMs: number
  /** The text of the error with which it ends. */
  readonly fails?: string
}

/** What a call really did, by the clock within its tool; times in epoch milliseconds. */
export interface ObservedCall {
  readonly callId: string
  readonly tool: string
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly outcome: 'ok' | 'error'
}

/** What an agent says of a run. */
export interface Truth {
  /** The planned calls of each turn that the model emitted, in that order. */
  readonly emitted: readonly (readonly EmittedCall[])[]
  /** From when to when the model took, for each of its answers; times in epoch milliseconds. */
  readonly answers: readonly { readonly startedAtMs: number; readonly endedAtMs: number }[]
  readonly observed: readonly ObservedCall[]
  /** The longest that this process kept its timers waiting: no clock within it is better than that. */
  readonly stalledMs: number
}

function planCall(tool: string, args: Record<string, string>, lastsMs: number, fails?: string): PlannedCall {
  // As a provider mints them: no two runs share an id.
  const callId = `call_${randomBytes(12).toString('hex')}`
  return { callId, tool, args, lastsMs, ...(fails === undefined ? {} : { fails }) }
}

/** Calls by turn; after the last turn the model answers. */
function planCase(): readonly (readonly PlannedCall[])[] {
  return [
    [
      planCall('get_order', { order_id: 'A-1042' }, 60),
      planCall('get_payment', { order_id: 'A-1042' }, 110),
      planCall('get_order', { order_id: 'A-2077' }, 140),
      planCall('check_fraud', { customer_id: 'C-77' }, 85, 'fraud-service: 503 upstream unavailable'),
    ],
    [planCall('create_refund', { order_id: 'A-1042', reason: 'lost in transit' }, 90)],
  ]
}

export interface OfferedTool {
  readonly name: string
  readonly description: string
  readonly schema: z.ZodObject<Record<string, z.ZodString>>
}

export const QUESTION = 'Please refund order A-1042: it was lost in transit.'
export const ANSWER = 'The refund for order A-1042 was issued.'
/** How long the model takes at least; where its answer is streamed, longer. */
export const MODEL_LASTS_MS = 30
/** What the model says that each of its calls took. */
export const TOKENS = { input: 210, output: 96 } as const

export const TOOLS: readonly OfferedTool[] = [
  {
    name: 'get_order',
    description: 'Reads an order.',
    schema: z.object({ order_id: z.string() }),
  },
  {
    name: 'get_payment',
    description: 'Reads the payment of an order.',
    schema: z.object({ order_id: z.string() }),
  },
  {
    name: 'check_fraud',
    description: 'Asks the fraud service about a customer.',
    schema: z.object({ customer_id: z.string() }),
  },
  {
    name: 'create_refund',
    description: 'Refunds an order.',
    schema: z.object({ order_id: z.string(), reason: z.string() }),
  },
]

let plan = planCase()
let turnsEmitted = 0
let observed: ObservedCall[] = []
let answers: { startedAtMs: number; endedAtMs: number }[] = []
let running: Promise<unknown>[] = []

/** The wall clock, carried on by the monotonic one. */
function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

/** What the scripted model says next, after the time that a model takes; null once it answers. */
export async function nextTurn(): Promise<readonly PlannedCall[] | null> {
  const startedAtMs = nowMs()
  await sleep(MODEL_LASTS_MS)
  answers.push({ startedAtMs, endedAtMs: nowMs() })
  const turn = plan[turnsEmitted]
  if (turn === undefined) return null
  turnsEmitted += 1
  return turn
}

/** The body of every tool: takes the time that its call is planned to take, and keeps it. */
export function runTool(tool: string, args: unknown): Promise<Record<string, string>> {
  const result = runPlanned(tool, args)
  running.push(result)
  return result
}

async function runPlanned(tool: string, args: unknown): Promise<Record<string, string>> {
  const key = JSON.stringify(args)
  const planned = plan.flat().find((call) => call.tool === tool && JSON.stringify(call.args) === key)
  if (planned === undefined) throw new Error(`The model never asked for ${tool}(${key}).`)
  const startedAtMs = nowMs()
  await sleep(planned.lastsMs)
  const endedAtMs = nowMs()
  const outcome = planned.fails === undefined ? 'ok' : 'error'
  observed.push({ callId: planned.callId, tool, startedAtMs, endedAtMs, outcome })
  if (planned.fails !== undefined) throw new Error(planned.fails)
  return { ...planned.args, status: `${tool} is done` }
}

/**
 * Has the agent handle two cases (or `CASES`), one after the other, and says as the last line of output what really happened
 * in each. The first is what a process is like that has just started; by the second, its code is warm.
 */
export async function handleCases(
  handle: () => Promise<unknown>,
  end: () => Promise<unknown>,
): Promise<void> {
  const truths: Truth[] = []
  const loopDelay = monitorEventLoopDelay({ resolution: 1 })
  const cases = Number(process.env.CASES ?? 2)
  for (let i = 0; i < cases; i += 1) {
    plan = planCase()
    turnsEmitted = 0
    observed = []
    answers = []
    running = []
    loopDelay.reset()
    loopDelay.enable()
    await handle()
    // A framework may give up on a turn while some of its tools still run.
    await Promise.allSettled(running)
    loopDelay.disable()
    const emitted = plan
      .slice(0, turnsEmitted)
      .map((calls) => calls.map(({ callId, tool, args }) => ({ callId, tool, args })))
    truths.push({ emitted, answers, observed, stalledMs: loopDelay.max / 1e6 })
  }
  await end()
  console.log(JSON.stringify(truths))
}

/**
 * A resource that calls of some tools wait for. Calls are handed over in order; each begins once it is let in
 * and leaves when it ends:
 *
 *     slots 2   a #####            gap   a #####
 *               b ########               b ..########
 *               c .....#####             c ....#####
 *               d ........###            d ......###
 */
export interface Queue {
  /** Whose calls queue: a bit for each position in the agent's list of tools. */
  readonly mask: number
  /** How many are let in at once; 0 = a rate limit. */
  readonly slots: number
  /** Of a rate limit: one call is let in each so many ms. 0 for slots. */
  readonly gapMs: number
  /** First come, first served; only a lock may be otherwise. */
  readonly fair: boolean
}

/** The calls of a batch as the hypotheses see them, by column, in the order of their hand-over. Plain JSON. */
export interface QueueBatch {
  /** Event time, epoch ms. */
  readonly atMs: number
  /** What tells its run from others. */
  readonly run: number
  readonly wallMs: number
  /** Positions in the agent's list of tools. */
  readonly tools: readonly number[]
  readonly startMs: readonly number[]
  readonly endMs: readonly number[]
  /** Log density of each duration without a queue; UNJUDGED where it does not speak. */
  readonly logNull: readonly number[]
  /** Nats by which a factor common to all calls, a slow host, explains the batch better. */
  readonly host: number
}

/** Log density per ms of how long a tool takes once it is let in. */
type LogService = (tool: number, ms: number) => number

/** Told of each judged call that had to wait, by its position in the batch. */
type OnWait = (call: number, waitMs: number, logRatio: number) => void

/** Ended by other means, or too little is known of its tool. */
export const UNJUDGED = 99
/** A shorter wait is the jitter of timers and dispatch. */
export const MIN_WAIT_MS = 5
/** What takes less has no density of its own on the scale of durations. */
const MIN_SERVICE_MS = 0.12
/** Share of calls that get around the queue: bounds what a single one can say against it. */
const BYPASS = 0.05
const LOG_BYPASS = Math.log(BYPASS)
const LOG_QUEUED = Math.log(1 - BYPASS)

export function hasTool(mask: number, tool: number): boolean {
  return (mask & (1 << tool)) !== 0
}

/** Positions of a mask's tools, ascending. */
export function toolsOf(mask: number): number[] {
  const tools: number[] = []
  for (let tool = 0; mask >>> tool !== 0; tool++) if (hasTool(mask, tool)) tools.push(tool)
  return tools
}

/** Whether so many calls meet at the queue that some can have had to wait. */
export function meetsQueue({ tools }: Pick<QueueBatch, 'tools'>, { mask, slots }: Queue): boolean {
  let n = slots > 1 ? -slots : -1
  for (let i = 0; i < tools.length; i++) if (hasTool(mask, tools[i] as number)) n++
  return n > 0
}

/**
 * Log-likelihood ratio of a batch's durations if its calls queue, against the null of each. Given the calls
 * handed over before, a call's wait does not depend on its own duration, so each factor is a density over a
 * density and its expectation under the null is at most 1. In an unfair lock calls are let in in any order,
 * which then is that of their ends; not to know it costs ln n!.
 */
export function queueLogRatio(
  batch: QueueBatch,
  queue: Queue,
  logService: LogService,
  onWait?: OnWait,
): number {
  if (!meetsQueue(batch, queue)) return 0
  const { tools, startMs, endMs, logNull } = batch
  const { mask, slots, gapMs } = queue
  const order = queue.fair ? null : orderOfEnds(batch, mask)
  const freeMs: number[] = []
  let log = 0
  const n = order === null ? tools.length : order.length
  for (let k = 0; k < n; k++) {
    const i = order === null ? k : (order[k] as number)
    if (!hasTool(mask, tools[i] as number)) continue
    if (order !== null) log -= Math.log(k + 1)
    const start = startMs[i] as number
    const end = endMs[i] as number
    const slot = freeMs.length < Math.max(1, slots) ? freeMs.length : earliest(freeMs)
    const begin = Math.max(start, freeMs[slot] ?? start)
    // One that left before it could have been let in took no slot.
    freeMs[slot] = gapMs > 0 ? begin + gapMs : end > begin ? end : (freeMs[slot] ?? end)
    if (begin - start < MIN_WAIT_MS || logNull[i] === UNJUDGED) continue
    const ratio = logWaited(logNull[i] as number, end - begin, tools[i] as number, logService)
    log += ratio
    onWait?.(i, begin - start, ratio)
  }
  return log > 0 ? log - batch.host : log
}

/** Against its null, of a call that takes `serviceMs` once it is let in, unless it got around the queue. */
function logWaited(logNull: number, serviceMs: number, tool: number, logService: LogService): number {
  if (serviceMs <= MIN_SERVICE_MS) return LOG_BYPASS
  const through = LOG_QUEUED + logService(tool, serviceMs) - logNull
  return through > LOG_BYPASS
    ? through + Math.log1p(Math.exp(LOG_BYPASS - through))
    : LOG_BYPASS + Math.log1p(Math.exp(through - LOG_BYPASS))
}

function earliest(freeMs: readonly number[]): number {
  let slot = 0
  for (let s = 1; s < freeMs.length; s++) if ((freeMs[s] as number) < (freeMs[slot] as number)) slot = s
  return slot
}

function orderOfEnds({ tools, endMs }: QueueBatch, mask: number): number[] {
  const order: number[] = []
  for (let i = 0; i < tools.length; i++) if (hasTool(mask, tools[i] as number)) order.push(i)
  return order.sort((a, b) => (endMs[a] as number) - (endMs[b] as number))
}

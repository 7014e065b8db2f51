import { Batch, type Entry, type Policy } from './batch.ts'
import type { Core } from './core.ts'
import { codeOf } from './failure.ts'
import { read, toText } from './guard.ts'
import type { AsyncStore } from './platform/platform.ts'
import { parsePolicy } from './policy.ts'
import { snapshotTurn } from './turn-context.ts'
import type { TurnContext } from './types.ts'

/** Calls of wrapped functions that form one batch. It closes when nothing can join it any more. */
interface Group {
  readonly context: TurnContext
  readonly explicit: boolean
  batch: Batch | null
  inFlight: number
  open: boolean
  /** Ended; an implicit group is reported then, an explicit one when its turn is over too. */
  closed: boolean
}

interface Tool {
  readonly name: string
  readonly policy: Policy
  readonly callId: ((...args: unknown[]) => unknown) | null
  readonly sync: boolean
}

/** How a call ended: with a value, with an error, or unseen. */
type Ending =
  | { readonly how: 'value'; readonly value: unknown }
  | { readonly how: 'error'; readonly error: unknown }
  | { readonly how: 'unseen' }
const UNSEEN: Ending = { how: 'unseen' }

const plainThen = Promise.prototype.then

/**
 * Follows a value without changing what its receiver sees, and gives back what to hand on. A plain promise
 * is replaced by one that settles the same way, so that a rejection nobody handles stays one that nobody
 * handles; a promise with a class or properties of its own is handed on itself. A foreign thenable is not
 * touched, because calling its `then` might start it: its end cannot be seen.
 */
function follow(value: unknown, ended: (ending: Ending) => void): unknown {
  try {
    if (value instanceof Promise) return followPromise(value, ended)
  } catch {
    // A proxy of a promise, or one that refuses to tell its class.
    ended(UNSEEN)
    return value
  }
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  ended(isObject && typeof read(value, 'then') === 'function' ? UNSEEN : { how: 'value', value })
  return value
}

function followPromise(promise: Promise<unknown>, ended: (ending: Ending) => void): Promise<unknown> {
  const isPlain = Object.getPrototypeOf(promise) === Promise.prototype && Object.keys(promise).length === 0
  const followed = plainThen.call(
    promise,
    (value) => {
      ended({ how: 'value', value })
      return value
    },
    (error) => {
      ended({ how: 'error', error })
      if (isPlain) throw error
    },
  )
  return isPlain ? followed : promise
}

/** Wrapped functions and the turns that their calls belong to. */
export class Wrapping {
  readonly #core: Core
  readonly #toolCaps = new Map<string, number>()
  /** Made with the first turn: a store that nobody uses still costs the host on some runtimes. */
  #store: AsyncStore<Group> | null | undefined
  /** The turn of the code that runs synchronously now, where there is no store. */
  #turn: Group | null = null
  /** What further calls of this tick join. */
  #implicit: Group | null = null

  constructor(core: Core) {
    this.#core = core
  }

  /** The context of the turn that the calling code runs in. */
  context(): TurnContext | null {
    return this.#current()?.context ?? null
  }

  turn<T>(context: TurnContext, fn: () => T): T {
    if (this.#store === undefined) this.#store = this.#core.platform.createStore()
    const group = this.#open(snapshotTurn(context, this.context()), true)
    const over = () => {
      group.open = false
      this.#closeIfDone(group)
    }
    let result: T
    const outer = this.#turn
    try {
      if (this.#store) result = this.#store.run(group, fn)
      else {
        this.#turn = group
        result = fn()
      }
    } catch (error) {
      over()
      throw error
    } finally {
      this.#turn = outer
    }
    return follow(result, over) as T
  }

  wrap<F>(fn: F, options: unknown): F {
    if (typeof fn !== 'function') {
      this.#core.diagnose('config', 'wrap needs a function; what it got is given back as it came')
      return fn
    }
    const tool = this.#parseTool(fn, options)
    return new Proxy(fn, {
      apply: (target, self, args) => this.#call(tool, args, () => Reflect.apply(target, self, args)),
    })
  }

  #parseTool(fn: object, options: unknown): Tool {
    const name = toText(read(options, 'tool')) || toText(read(fn, 'name')) || 'unknown'
    const resources = read(options, 'resources')
    const policy = parsePolicy(name, options, this.#core.diagnose)
    if (policy.maxConcurrency !== null) {
      const other = this.#toolCaps.get(name) ?? policy.maxConcurrency
      this.#toolCaps.set(name, Math.min(other, policy.maxConcurrency))
    }
    const callId = read(options, 'callId')
    return {
      name,
      policy:
        typeof resources === 'function'
          ? { ...policy, resources: (args) => resources(...(args as unknown[])) }
          : policy,
      callId: typeof callId === 'function' ? (callId as Tool['callId']) : null,
      sync: read(options, 'sync') === true,
    }
  }

  /** Gives back what `invoke` does, at once if it may start at once, else as a promise of it. */
  #call(tool: Tool, args: unknown[], invoke: () => unknown): unknown {
    const group = this.#join()
    const batch = this.#batchOf(group)
    let queued: { resolve(value: unknown): void; reject(error: unknown): void } | null = null
    let result: unknown
    let failure: { readonly error: unknown } | null = null
    const start = (entry: Entry) => {
      let isNow = true
      const ended = (ending: Ending) => this.#end(group, entry, ending, isNow)
      try {
        result = follow(invoke(), ended)
      } catch (error) {
        failure = { error }
        ended({ how: 'error', error })
        queued?.reject(error)
        return
      }
      isNow = false
      queued?.resolve(result)
    }
    group.inFlight++
    const entry = batch.enter(this.#idOf(tool, args, batch), tool.name, args, tool.policy, start)
    if (tool.sync) batch.startNow(entry)
    else batch.schedule([entry])
    if (entry.state === 'waiting' && !tool.sync) {
      return new Promise((resolve, reject) => {
        queued = { resolve, reject }
      })
    }
    if (failure !== null) throw (failure as { error: unknown }).error
    return result
  }

  #idOf({ callId }: Tool, args: unknown[], batch: Batch): string {
    try {
      const given = toText(callId?.(...args))
      if (given !== '') return given
    } catch (error) {
      this.#core.threw('callId', error)
    }
    return `call_${batch.entries.length}`
  }

  #end(group: Group, entry: Entry, ending: Ending, isNow: boolean): void {
    if (entry.state === 'ended') return
    if (ending.how === 'error') {
      const name = read(ending.error, 'name')
      const outcome = name === 'AbortError' ? 'cancelled' : name === 'TimeoutError' ? 'timeout' : 'error'
      group.batch?.end(entry, outcome, codeOf(ending.error))
    } else {
      if (this.#core.fingerprints && ending.how === 'value') entry.result = ending.value
      group.batch?.end(entry, ending.how === 'value' ? 'ok' : 'unknown', null)
    }
    group.inFlight--
    group.batch?.resume()
    // After a call that ended at once, the next of the same expression may still come.
    if (isNow) queueMicrotask(() => this.#closeIfDone(group))
    else this.#closeIfDone(group)
  }

  #current(): Group | null {
    const group = this.#store?.getStore() ?? this.#turn
    return group?.open ? group : null
  }

  /** The explicit turn, else the batch of this tick, else a new one. */
  #join(): Group {
    const turn = this.#current()
    if (turn !== null) return turn
    if (this.#implicit?.open) return this.#implicit
    const group = this.#open(this.#store?.getStore()?.context ?? {}, false)
    this.#implicit = group
    this.#core.platform.later(0, () => {
      group.open = false
    })
    return group
  }

  #open(context: TurnContext, explicit: boolean): Group {
    return { context, explicit, batch: null, inFlight: 0, open: true, closed: false }
  }

  #batchOf(group: Group): Batch {
    group.batch ??= new Batch(this.#core, group.context, null, this.#toolCaps)
    return group.batch
  }

  #closeIfDone(group: Group): void {
    if (group.inFlight > 0 || group.closed || (group.explicit && group.open)) return
    group.closed = true
    group.open = false
    if (group.batch !== null) this.#core.record(group.batch)
  }
}

import { Batch, type Entry, type Policy } from './batch.ts'
import type { Core } from './core.ts'
import { codeOf } from './failure.ts'
import { isObject, read, toText } from './guard.ts'
import type { AsyncStore } from './platform/platform.ts'
import { parsePolicy } from './policy.ts'
import { snapshotTurn } from './turn-context.ts'
import type { TurnContext } from './types.ts'

/** Calls of wrapped functions that form one batch. */
interface Group {
  batch: Batch | null
  inFlight: number
  /** Further calls join. */
  open: boolean
  /** A turn lasts until its function ends; any other group until its calls have. */
  readonly isTurn: boolean
}

/**
 * Where calls are made: inside a turn, inside a wrapped call, or outside of both. What a wrapped call calls
 * is a batch of its own: queued behind the call that waits for it, it would never start.
 */
interface Place {
  readonly context: TurnContext
  group: Group | null
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
  ended(isObject(value) && typeof read(value, 'then') === 'function' ? UNSEEN : { how: 'value', value })
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
  /** Made when first needed: a store that nobody uses still costs the host on some runtimes. */
  #store: AsyncStore<Place> | null | undefined
  /** Outside of everything; where there is no store, the place of the code that runs synchronously now. */
  #here: Place = { context: {}, group: null }

  constructor(core: Core) {
    this.#core = core
  }

  /** The context of the turn that the calling code runs in. */
  context(): TurnContext {
    return this.#place().context
  }

  turn<T>(context: TurnContext, fn: () => T): T {
    this.#open()
    const group: Group = { batch: null, inFlight: 0, open: true, isTurn: true }
    const over = () => {
      group.open = false
      this.#closeIfDone(group)
    }
    try {
      return follow(this.#at({ context: snapshotTurn(context, this.context()), group }, fn), over) as T
    } catch (error) {
      over()
      throw error
    }
  }

  wrap<F>(fn: F, options: unknown): F {
    if (typeof fn !== 'function') {
      this.#core.diagnose('config-wrap', 'what to wrap is not usable: ignored')
      return fn
    }
    this.#open()
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
    const { context } = this.#place()
    const group = this.#join()
    group.batch ??= new Batch(this.#core, context, null, new Map(this.#toolCaps))
    const { batch } = group
    let queued: { resolve(value: unknown): void; reject(error: unknown): void } | null = null
    let result: unknown
    let failure: { readonly error: unknown } | null = null
    const start = (entry: Entry) => {
      let isNow = true
      const ended = (ending: Ending) => this.#end(group, entry, ending, isNow)
      try {
        result = follow(this.#at({ context, group: null }, invoke), ended)
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
    else batch.schedule([entry], null)
    if (entry.state === 'waiting' && !tool.sync) {
      entry.restore = this.#core.platform.capture()
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
    return `call#${batch.entries.length}`
  }

  #end(group: Group, entry: Entry, ending: Ending, isNow: boolean): void {
    if (entry.state === 'ended') return
    if (ending.how === 'error') {
      const name = read(ending.error, 'name')
      const outcome = name === 'AbortError' ? 'cancelled' : name === 'TimeoutError' ? 'timeout' : 'error'
      if (this.#core.keepsValues) entry.result = ending.error
      group.batch?.end(entry, outcome, codeOf(ending.error))
    } else {
      if (this.#core.keepsValues && ending.how === 'value') entry.result = ending.value
      group.batch?.end(entry, ending.how === 'value' ? 'ok' : 'unknown', null)
    }
    group.inFlight--
    group.batch?.resume()
    // After a call that ended at once, the next of the same expression may still come.
    if (isNow) queueMicrotask(() => this.#closeIfDone(group))
    else this.#closeIfDone(group)
  }

  #open(): void {
    if (this.#store === undefined) this.#store = this.#core.platform.createStore()
  }

  #place(): Place {
    return this.#store?.getStore() ?? this.#here
  }

  #at<T>(place: Place, fn: () => T): T {
    if (this.#store) return this.#store.run(place, fn)
    const outer = this.#here
    this.#here = place
    try {
      return fn()
    } finally {
      this.#here = outer
    }
  }

  /** The batch of this turn or tick, else a new one. */
  #join(): Group {
    const place = this.#place()
    if (place.group?.open) return place.group
    const group: Group = { batch: null, inFlight: 0, open: true, isTurn: false }
    place.group = group
    const close = () => {
      group.open = false
    }
    // Without a store, calls after an `await` cannot be told from those that a running call makes.
    if (this.#store) this.#core.platform.later(0, close)
    else queueMicrotask(close)
    return group
  }

  #closeIfDone(group: Group): void {
    if (group.inFlight > 0 || (group.isTurn && group.open) || group.batch === null) return
    group.open = false
    this.#core.record(group.batch)
    group.batch = null
  }
}

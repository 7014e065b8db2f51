import type { AsyncStore, Platform, Restore } from './platform.ts'

const runtime = globalThis as {
  readonly AsyncLocalStorage?: (new () => AsyncStore<never>) & {
    snapshot?(): Restore['runInAsyncScope']
  }
}

/** Browsers and edge runtimes. */
export const platform: Platform = {
  now: () => performance.now(),
  wall: () => Date.now(),
  later(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
  hold(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
  createStore: () => (runtime.AsyncLocalStorage ? new runtime.AsyncLocalStorage() : null),
  capture() {
    const runInAsyncScope = runtime.AsyncLocalStorage?.snapshot?.()
    return runInAsyncScope ? { runInAsyncScope } : null
  },
  loadBackground: async (settings) => (await import('../background-web.ts')).createBackground(settings),
}

import type { AsyncStore, Platform } from './platform.ts'

interface Runtime {
  readonly AsyncLocalStorage?: new () => AsyncStore<never>
  readonly Deno?: { unrefTimer(id: unknown): void }
}
const runtime = globalThis as Runtime

/** Browsers and edge runtimes. */
export const platform: Platform = {
  now: () => performance.now(),
  wall: () => Date.now(),
  later(ms, fn) {
    const timer = setTimeout(fn, ms)
    runtime.Deno?.unrefTimer(timer)
    return () => clearTimeout(timer)
  },
  hold(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
  createStore: () => (runtime.AsyncLocalStorage ? new runtime.AsyncLocalStorage() : null),
  loadBackground: async (settings) => (await import('../background-web.ts')).createBackground(settings),
}

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Platform } from './platform.ts'

/** Node and Bun. */
export const platform: Platform = {
  now: () => performance.now(),
  wall: () => Date.now(),
  later(ms, fn) {
    const timer = setTimeout(fn, ms).unref()
    return () => clearTimeout(timer)
  },
  hold(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
  createStore: () => new AsyncLocalStorage(),
  capture: () => AsyncLocalStorage.snapshot(),
  loadBackground: async (settings) => (await import('../background-node.ts')).createBackground(settings),
}

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
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
  // A fortieth of the cost of AsyncLocalStorage.snapshot().
  capture: () => new AsyncResource('call'),
  loadBackground: async (settings) => (await import('../background-node.ts')).createBackground(settings),
}

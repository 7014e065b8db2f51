import type { Background, BackgroundSettings } from '../background.ts'

/** A value that follows the asynchronous context, as node:async_hooks has it. */
export interface AsyncStore<T> {
  run<R>(value: T, fn: () => R): R
  getStore(): T | undefined
}

/** Runs functions in the asynchronous context in which it was made, as AsyncResource of node:async_hooks does. */
export interface Restore {
  runInAsyncScope(fn: () => void): void
}

/** What differs between runtimes, and the clocks. Nothing here may keep the host process alive but `hold`. */
export interface Platform {
  /** Monotonic, ms with fractions. */
  now(): number
  /** Epoch ms. */
  wall(): number
  /** Calls `fn` once after `ms`, if the process still runs then. Gives back how to cancel. */
  later(ms: number, fn: () => void): () => void
  /** As `later`, but the process stays for it: only for what the host itself waits for. */
  hold(ms: number, fn: () => void): () => void
  /** Null where the runtime has no asynchronous context. */
  createStore<T>(): AsyncStore<T> | null
  /** The asynchronous context of the code that calls it; null where the runtime has none. */
  capture(): Restore | null
  /** Loads what talks to the server: a part of its own, so that the host starts without waiting for it. */
  loadBackground(settings: BackgroundSettings): Promise<Background>
}

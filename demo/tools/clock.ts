import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { CallTrace } from './tool.ts'

/** One line of the clock file: when a tool's body really ran, by the tool's own clock. */
export interface ClockLine extends CallTrace {
  readonly tool: string
  readonly callId: string
  /** Epoch milliseconds with fractions, from the monotonic clock. */
  readonly startedAtMs: number
  readonly endedAtMs: number
}

/** Where tools write what their own clocks say, apart from anything the SDK reports. */
export interface ToolClock {
  readonly nowMs: () => number
  readonly record: (line: ClockLine) => void
  readonly close: () => void
}

/**
 * A clock that appends a JSON line a call to `file`, or only tells the time when there is none.
 * Each line is in the file when the tool returns, so that whoever saw the result can read its times.
 * The wall clock is read once: from then on a step of it cannot make two calls seem to overlap.
 */
export function createToolClock(file: string | null): ToolClock {
  const originMs = Date.now() - performance.now()
  const nowMs = (): number => originMs + performance.now()
  if (file === null) return { nowMs, record: () => {}, close: () => {} }
  mkdirSync(path.dirname(file), { recursive: true })
  const descriptor = openSync(file, 'a')
  return {
    nowMs,
    record: (line) => {
      writeSync(descriptor, `${JSON.stringify(line)}\n`)
    },
    close: () => closeSync(descriptor),
  }
}

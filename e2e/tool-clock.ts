import { readFile } from 'node:fs/promises'
import type { ClockLine } from '../demo/tools/clock.ts'

/** One batch as the clocks inside its tools saw it, apart from anything that the SDK reports. */
export interface ClockedBatch {
  /** Run and turn: `run_…/3`. */
  readonly key: string
  /** Agent, version and environment: one connected executor. */
  readonly executor: string
  readonly environment: string
  readonly calls: readonly ClockLine[]
  readonly startMs: number
  readonly endMs: number
}

/** Every batch that the clock file tells of, oldest first; the newest may still be under way. */
export async function readClock(file: string): Promise<ClockedBatch[]> {
  const text = await readFile(file, 'utf8')
  // What follows the last line break is a line that is being written.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).trim()
  const calls = lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line) as ClockLine)
  return Array.from(
    Map.groupBy(calls, (call) => call.batchKey),
    ([key, [...batch]]) => toBatch(key, batch),
  ).sort((a, b) => a.startMs - b.startMs)
}

function toBatch(key: string, calls: ClockLine[]): ClockedBatch {
  const [first] = calls
  return {
    key,
    executor: `${first?.agent} ${first?.version} (${first?.environment})`,
    environment: first?.environment ?? '',
    calls: calls.sort((a, b) => a.startedAtMs - b.startedAtMs),
    startMs: Math.min(...calls.map((call) => call.startedAtMs)),
    endMs: Math.max(...calls.map((call) => call.endedAtMs)),
  }
}

/** Pairs of calls of which the second began while the first was still running. */
export function overlapsOf({ calls }: ClockedBatch): [ClockLine, ClockLine][] {
  return calls.flatMap((first, index) =>
    calls
      .slice(index + 1)
      .filter((second) => second.startedAtMs < first.endedAtMs)
      .map((second): [ClockLine, ClockLine] => [first, second]),
  )
}

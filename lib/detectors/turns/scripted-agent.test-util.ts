import type { StoredBatch } from '#lib/model/batch.ts'
import type { AlertChange } from '../alert-change.ts'
import type { Detector, Finding } from '../detector.ts'
import { type ScriptedCall, ScriptedLog } from '../scripted-log.test-util.ts'

/** How the model gives a step of several calls: at once, one a turn, or only the first. */
export type Way = 'joint' | 'split' | 'first'

export interface ScriptedStep {
  readonly tools: readonly string[]
  readonly way?: Way
  /** Its first call uses what the turn before it returned. */
  readonly isDependent?: boolean
}

/** Five tasks of which no two share tools, each with the call of its own that comes before it. */
export const TASKS = [
  ['search', 'fetch'],
  ['orders', 'invoices', 'users'],
  ['logs', 'metrics', 'traces', 'flags'],
  ['files', 'grep'],
  ['mails', 'tickets', 'chats'],
] as const

/** An agent that works turn by turn, each run a minute of its own, with fingerprints of all it passes on. */
export class ScriptedAgent {
  readonly log: ScriptedLog
  #runs = 0
  #leaves = 0

  constructor(...detectors: readonly Detector[]) {
    this.log = new ScriptedLog(...detectors)
  }

  /** All turns of one run; what they change. */
  run(steps: readonly ScriptedStep[], over: Partial<StoredBatch> = {}): AlertChange[] {
    const runId = `run-${++this.#runs}`
    const changes: AlertChange[] = []
    let turn = 0
    let returned: readonly string[] = []
    for (const { tools, way = 'joint', isDependent = tools.length === 1 } of steps) {
      const turns =
        way === 'joint' ? [tools] : way === 'split' ? tools.map((tool) => [tool]) : [[tools[0] ?? '']]
      for (const [i, emitted] of turns.entries()) {
        const uses = isDependent && i === 0 ? returned.slice(0, 1) : []
        const calls = emitted.map((tool, k): ScriptedCall => {
          const argsFp = [this.#leaf(), ...uses]
          return { tool, startMs: k, ms: 200, argsFp, resultFp: [this.#leaf(), this.#leaf()] }
        })
        returned = calls.flatMap(({ resultFp = [] }) => resultFp)
        // The log's clock runs a minute a batch; the model took what was not the tools.
        changes.push(...this.log.add(calls, { runId, turn: ++turn, modelUs: 59_000_000, ...over }))
      }
    }
    return changes
  }

  /** Runs of a call of its own, a task and another one, task after task. */
  runs(
    count: number,
    way: (i: number) => Way,
    over: (i: number) => Partial<StoredBatch> = () => ({}),
  ): AlertChange[] {
    return Array.from({ length: count }, (_, i) => {
      // What a truncated step was is seen only where its first call did not need the turn before.
      const step = { tools: TASKS[i % TASKS.length] ?? [], way: way(i), isDependent: way(i) !== 'first' }
      return this.run([{ tools: ['plan'] }, step, { tools: ['note'] }], over(i))
    }).flat()
  }

  #leaf(): string {
    return (++this.#leaves * 7919).toString(16).padStart(8, '0')
  }
}

export function openedBy(changes: readonly AlertChange[]): Finding[] {
  return changes.flatMap((change) => (change.type === 'opened' ? [change.finding] : []))
}

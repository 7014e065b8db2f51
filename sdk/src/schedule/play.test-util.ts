import type { Effect, Mode } from '../types.ts'
import { type Linked, link, orderAfterPrerequisites } from './dependencies.ts'
import { kindOf, Scheduler } from './scheduler.ts'

/** A call of a played batch: what the golden cases and the properties say of one. */
export interface PlayedCall {
  readonly call_id: string
  readonly seq: number
  readonly tool: string
  readonly effect: Effect
  readonly mode: Mode | null
  readonly depends_on: readonly string[]
  readonly duration_ms: number
}

export interface PlayedBatch {
  readonly intent: {
    readonly mode: Mode
    readonly concurrency: number | null
    readonly tool_caps: Readonly<Record<string, number>> | null
  }
  readonly calls: readonly PlayedCall[]
}

type Task = Linked & { readonly call: PlayedCall }

function toTask(call: PlayedCall, mode: Mode): Task {
  return {
    call,
    seq: call.seq,
    tool: call.tool,
    kind: kindOf(mode, call.mode ?? mode, call.effect === 'read'),
    waits: 0,
    state: 'waiting',
    next: null,
    prerequisites: null,
    dependents: null,
  }
}

/** The calls in order of emission, linked as a runtime links them. */
export function toTasks({ intent, calls }: PlayedBatch): Task[] {
  const tasks = calls.toSorted((a, b) => a.seq - b.seq).map((call) => toTask(call, intent.mode))
  const byId = new Map(tasks.map((task) => [task.call.call_id, task]))
  link(
    tasks,
    (task) => task.call.depends_on,
    (id) => byId.get(id),
  )
  return tasks
}

/** Plays a batch in virtual time; ends at one instant are all noted before anything starts. */
export function play(batch: PlayedBatch): Record<string, number> {
  const { mode, concurrency, tool_caps: toolCaps } = batch.intent
  const tasks = toTasks(batch)
  const starts: Record<string, number> = {}
  const running = new Set<{ readonly task: Task; readonly endMs: number }>()
  let nowMs = 0
  const caps = new Map(Object.entries(toolCaps ?? {}))
  const scheduler = new Scheduler<Task>(mode, concurrency, caps, (task) => {
    starts[task.call.call_id] = nowMs
    running.add({ task, endMs: nowMs + task.call.duration_ms })
  })
  const order = tasks.some((task) => task.kind > 1) ? orderAfterPrerequisites(tasks) : tasks
  for (const task of order) scheduler.add(task)
  for (scheduler.pump(); running.size > 0; scheduler.pump()) {
    nowMs = Math.min(...Array.from(running, ({ endMs }) => endMs))
    for (const item of running) {
      if (item.endMs > nowMs) continue
      running.delete(item)
      scheduler.end(item.task)
      for (const dependent of item.task.dependents ?? []) dependent.waits--
    }
  }
  return starts
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ModeState } from '#lib/contract/mode.ts'
import { type ModeScope, matchesScope } from '#lib/flags/precedence.ts'
import type { ExecutorRegistry } from './executors.ts'
import { createStreamHub, type EventStream } from './http/event-stream.ts'

/** The SDK takes a line for dead after two missed: it must obey 5 s after the network is whole again. */
const HEARTBEAT_MS = 1_500

/** The streams on which executors hear of the mode. */
export interface ExecutorStreams {
  open(req: IncomingMessage, res: ServerResponse, executorId: string, scope: ModeScope): void
  /** Tells every executor the new revision, with the rules that concern it. */
  publish(mode: ModeState): void
  readonly size: number
  close(): void
}

export interface ExecutorStreamsOptions {
  readonly mode: () => ModeState
  readonly registry: ExecutorRegistry
  /** An executor came or went. */
  readonly onChange: () => void
}

export function createExecutorStreams({ mode, registry, onChange }: ExecutorStreamsOptions): ExecutorStreams {
  const hub = createStreamHub(HEARTBEAT_MS)
  const open = new Map<EventStream, ModeScope>()

  return {
    open(req, res, executorId, scope) {
      registry.connected(executorId, scope.agent, scope.environment, Date.now())
      const stream = hub.open(req, res, () => {
        open.delete(stream)
        registry.disconnected(executorId, Date.now())
        onChange()
      })
      open.set(stream, scope)
      send(stream, mode(), scope)
      onChange()
    },
    publish(next) {
      for (const [stream, scope] of open) send(stream, next, scope)
    },
    get size() {
      return hub.size
    },
    close: () => hub.close(),
  }
}

function send(stream: EventStream, mode: ModeState, scope: ModeScope): void {
  const rules = mode.rules.filter((rule) => matchesScope(rule, scope))
  stream.send('mode', { ...mode, rules }, String(mode.revision))
}

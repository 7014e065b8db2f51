import type { IncomingMessage, ServerResponse } from 'node:http'
import type { StoreReads } from '#db/store.ts'
import type { ModeState } from '#lib/contract/mode.ts'
import type { ExecutorStreams } from '../executor-streams.ts'
import type { ExecutorRegistry } from '../executors.ts'
import type { ServerMetrics } from '../metrics.ts'
import type { Notifier } from '../notifier/notifier.ts'
import type { ServerState } from '../state.ts'
import type { Writer } from '../writer/client.ts'
import type { BodyBudget } from './body.ts'
import type { StreamHub } from './event-stream.ts'

/** What the hot routes work with. */
export interface RouteContext {
  readonly writer: Writer
  readonly reads: StoreReads
  readonly budget: BodyBudget
  readonly maxBodyBytes: number
  readonly publicUrl: string | null
  /** Of those who may tighten the mode from outside; null = nobody may. */
  readonly triggerSecret: string | null
  readonly executors: ExecutorRegistry
  /** Tells people that an executor came, went or applied a revision. */
  readonly executorsChanged: () => void
  readonly notifier: Notifier
  readonly state: ServerState
  readonly metrics: ServerMetrics
  readonly mode: () => ModeState
  /** Streams of people who watch. */
  readonly people: StreamHub
  readonly executorStreams: ExecutorStreams
  /** Streams of flag clients, who are told to ask again. */
  readonly flagStreams: StreamHub
}

export type Route = (
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  context: RouteContext,
) => Promise<void> | void

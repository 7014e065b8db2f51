import type { DueDelivery } from '#db/notifications.ts'
import { RequestError } from '#ingest/errors.ts'
import type { OtlpRequest } from '#ingest/otlp/pipeline.ts'
import type { AlertAction } from '#lib/contract/alerts.ts'
import type { Channel, ChannelInput } from '#lib/contract/channels.ts'
import type { ToolMarks, ToolMarksAnswer } from '#lib/contract/coupling.ts'
import type { IngestAnswer } from '#lib/contract/ingest.ts'
import type { ModePut } from '#lib/contract/mode.ts'
import type { SendResult } from '../notifier/send-webhook.ts'
import { ThreadClient } from '../threads/thread-client.ts'
import type { TriggerMessage, TriggerWrite } from './mode-trigger.ts'
import type { ModeWrite } from './mode-writer.ts'
import type { AttemptedDelivery, DeliveryPlan } from './notification-writer.ts'
import type { SpanAnswer, WriterData, WriterEvents } from './protocol.ts'

/** What may wait for the writer at once; past it senders are told to come back. */
const MAX_QUEUED_BYTES = 64 << 20
const MAX_QUEUED_REQUESTS = 4_096
const RETRY_AFTER_S = 1

export type WriterListener = { readonly [K in keyof WriterEvents]: (event: WriterEvents[K]) => void }

/** The one way to change the database. Every promise resolves once the change is on disk. */
export interface Writer {
  /** @throws RequestError 429 when too much is waiting, 503 when the storage fails, else as the request deserves */
  ingest(body: Uint8Array, encoding: string, receivedAtMs: number): Promise<IngestAnswer>
  /** @throws RequestError as `ingest` does */
  takeSpans(request: OtlpRequest, receivedAtMs: number): Promise<SpanAnswer>
  /** Lets no batch of spans wait for quiet any longer. */
  settleSpans(): Promise<void>
  putMode(put: ModePut, setBy: string, nowMs: number): Promise<ModeWrite>
  /** @throws RequestError 409 when it cannot be shown that nothing would be loosened */
  triggerMode(message: TriggerMessage, nowMs: number): Promise<TriggerWrite>
  /** Makes a channel (`id` null) or replaces one. @throws RequestError 404, 409 */
  putChannel(id: string | null, input: ChannelInput, nowMs: number): Promise<Channel>
  /** @throws RequestError 404 */
  removeChannel(id: string): Promise<void>
  markTool(tool: string, marks: ToolMarks, by: string, nowMs: number): Promise<ToolMarksAnswer>
  planDeliveries(nowMs: number): Promise<DeliveryPlan>
  /** @throws RequestError 404 without such a channel */
  createTestDelivery(channelId: string, nowMs: number): Promise<DueDelivery>
  recordDelivery(delivery: AttemptedDelivery, result: SendResult, nowMs: number): Promise<void>
  /** @throws RequestError 404 for an unknown alert, 400 or 409 for an action that cannot be done */
  actOnAlert(id: string, action: AlertAction, by: string, nowMs: number): Promise<void>
  /** Drops all derived state and begins to build it anew; progress comes as `derived` events. */
  rebuild(): Promise<void>
  readonly queuedBytes: number
  readonly queuedRequests: number
  /** Finishes everything accepted, then ends. */
  stop(): Promise<void>
}

export async function startWriter(
  data: WriterData,
  listener: WriterListener,
  onDeath: (error: Error) => void,
): Promise<Writer> {
  const thread = await ThreadClient.start({
    script: new URL('./thread.ts', import.meta.url),
    name: 'writer',
    workerData: data,
    onEvent: (event, value) => (listener[event as keyof WriterListener] as (value: unknown) => void)(value),
    onDeath,
  })
  let queuedBytes = 0
  let queuedRequests = 0

  /** Hands a body over unless too much is waiting, and counts it for as long as it does. */
  async function send<T>(body: Uint8Array, call: (owned: Uint8Array<ArrayBuffer>) => Promise<T>): Promise<T> {
    const bytes = body.byteLength
    if (queuedBytes + bytes > MAX_QUEUED_BYTES || queuedRequests >= MAX_QUEUED_REQUESTS) {
      throw new RequestError(429, 'Too much is waiting to be written.', { retryAfterS: RETRY_AFTER_S })
    }
    queuedBytes += bytes
    queuedRequests += 1
    try {
      return await call(ownBuffer(body))
    } finally {
      queuedBytes -= bytes
      queuedRequests -= 1
    }
  }

  return {
    ingest: (body, encoding, receivedAtMs) =>
      send(body, (owned) => {
        const request = { body: owned, encoding, receivedAtMs, source: 'sdk' }
        return thread.call('ingest', [request], [owned.buffer]) as Promise<IngestAnswer>
      }),
    takeSpans: (request, receivedAtMs) =>
      send(request.body, (owned) => {
        const call = [{ ...request, body: owned, receivedAtMs }]
        return thread.call('takeSpans', call, [owned.buffer]) as Promise<SpanAnswer>
      }),
    settleSpans: () => thread.call('settleSpans', []) as Promise<void>,
    putMode: (put, setBy, nowMs) => thread.call('putMode', [put, setBy, nowMs]) as Promise<ModeWrite>,
    triggerMode: (...args) => thread.call('triggerMode', args) as Promise<TriggerWrite>,
    putChannel: (...args) => thread.call('putChannel', args) as Promise<Channel>,
    removeChannel: (...args) => thread.call('removeChannel', args) as Promise<void>,
    markTool: (...args) => thread.call('markTool', args) as Promise<ToolMarksAnswer>,
    planDeliveries: (...args) => thread.call('planDeliveries', args) as Promise<DeliveryPlan>,
    createTestDelivery: (...args) => thread.call('createTestDelivery', args) as Promise<DueDelivery>,
    recordDelivery: (...args) => thread.call('recordDelivery', args) as Promise<void>,
    actOnAlert: (id, action, by, nowMs) =>
      thread.call('actOnAlert', [id, action, by, nowMs]) as Promise<void>,
    rebuild: () => thread.call('rebuild', []) as Promise<void>,
    get queuedBytes() {
      return queuedBytes
    },
    get queuedRequests() {
      return queuedRequests
    },
    stop: () => thread.stop(),
  }
}

/** Small buffers share a pool, which must not leave with one of them. */
function ownBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return new Uint8Array(buffer)
  return new Uint8Array(bytes)
}

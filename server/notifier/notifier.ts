import type { DueDelivery } from '#db/notifications.ts'
import type { Writer } from '../writer/client.ts'
import { type SendPolicy, sendWebhook } from './send-webhook.ts'

/** How often to look for messages whose time has come again. */
const INTERVAL_MS = 15_000
/** While something waits to be grouped. */
const SOON_MS = 1_000

export interface NotifierOptions {
  readonly writer: Pick<Writer, 'planDeliveries' | 'createTestDelivery' | 'recordDelivery'>
  readonly policy: SendPolicy
  readonly nowMs: () => number
  /** The storage or the planning failed; it is tried again. */
  readonly onError: (error: unknown) => void
}

/** Tells channels of alerts, and tries again what was not taken. */
export interface Notifier {
  /** Alerts have changed. */
  wake(): void
  /** Sends a test to this channel now and keeps how it went. @throws RequestError 404 without such a channel */
  test(channelId: string): Promise<void>
  /** Begins nothing new and waits for what is on its way. */
  stop(): Promise<void>
}

export function createNotifier({ writer, policy, nowMs, onError }: NotifierOptions): Notifier {
  const underWay = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  let planning = false

  function schedule(delayMs: number): void {
    if (stopped) return
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => void plan(), delayMs)
    timer.unref()
  }

  async function plan(): Promise<void> {
    if (planning || stopped) return
    planning = true
    let nextMs = INTERVAL_MS
    try {
      const { due, waiting } = await writer.planDeliveries(nowMs())
      for (const delivery of due) if (!underWay.has(delivery.id)) begin(delivery)
      if (waiting) nextMs = SOON_MS
    } catch (error) {
      onError(error)
    } finally {
      planning = false
      schedule(nextMs)
    }
  }

  function begin(delivery: DueDelivery): void {
    const done = deliver(delivery, false)
      .catch(onError)
      .finally(() => underWay.delete(delivery.id))
    underWay.set(delivery.id, done)
  }

  async function deliver(delivery: DueDelivery, isTest: boolean): Promise<void> {
    const result = await sendWebhook(delivery, policy, nowMs())
    await writer.recordDelivery({ id: delivery.id, attempts: delivery.attempts, isTest }, result, nowMs())
  }

  schedule(SOON_MS)
  return {
    wake: () => schedule(SOON_MS),
    test: async (channelId) => deliver(await writer.createTestDelivery(channelId, nowMs()), true),
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      await Promise.all(underWay.values())
    },
  }
}

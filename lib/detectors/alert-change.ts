import type { AlertKey, AlertKind } from '#lib/model/alert.ts'
import type { Finding } from './detector.ts'

/** The scope of an alert, by which it is known while it is open. */
export interface AlertScope {
  readonly kind: AlertKind
  readonly agent: string
  readonly environment: string
  readonly key: AlertKey
}

/** What one batch did to the alerts, in order. */
export type AlertChange =
  | {
      readonly type: 'opened'
      readonly finding: Finding
      /** Identity of the open alert that explains this one and mutes it. */
      readonly parent: string | null
      readonly atMs: number
      readonly batchId: string
    }
  /** Evidence crossed the threshold again while the alert was open. */
  | { readonly type: 'confirmed'; readonly identity: string; readonly atMs: number }
  | { readonly type: 'recovered'; readonly identity: string; readonly atMs: number }

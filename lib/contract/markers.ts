import { z } from 'zod'
import { ALERT_KINDS } from '#lib/model/alert.ts'

/*
 * What changed at which instant, for the time axes. Times are epoch ms: of events for versions, models and
 * alerts, of the server for the mode.
 */

const name = z.string().nullable()

/** What a marker stands for. */
const MARKER_KINDS = ['version', 'model', 'mode', 'alert'] as const

export const markerSchema = z.object({
  at: z.number().describe('first seen, put in force, or the onset of an alert'),
  kind: z.enum(MARKER_KINDS),
  agent: name.describe('null = any agent'),
  environment: name.describe('null = any environment'),
  label: z.string().describe('short: "support@1.7", "support: gpt-5", "every agent to serial"'),
  value: name.describe('the version or the model'),
  mode_revision: z.int().nullable(),
  alert_id: name,
  alert_kind: z.enum(ALERT_KINDS).nullable(),
})

export const markersSchema = z.object({
  markers: z.array(markerSchema).describe('oldest first'),
  truncated: z.boolean().describe('there were more: the newest are answered'),
})

export type Marker = z.infer<typeof markerSchema>
export type Markers = z.infer<typeof markersSchema>

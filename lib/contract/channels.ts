import { z } from 'zod'
import { ALERT_KINDS } from '#lib/model/alert.ts'

/*
 * Where alerts are told: webhooks by the Standard Webhooks specification, or in the shape that Slack's
 * incoming webhooks (and those who imitate them) take.
 */

export const CHANNEL_FORMATS = ['standard', 'slack'] as const
const CHANNEL_EVENTS = ['opened', 'reopened', 'recovered'] as const
/** `pending` is tried again, `failed` no more; `refused` was never sent, because its address is not allowed. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'refused'] as const

const epochMs = z.number()
const names = z.array(z.string().min(1).max(256)).min(1).max(100)

export const channelInputSchema = z.object({
  name: z.string().trim().min(1).max(100),
  format: z.enum(CHANNEL_FORMATS).default('standard'),
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2048),
  enabled: z.boolean().default(true),
  events: z
    .array(z.enum(CHANNEL_EVENTS))
    .min(1)
    .default([...CHANNEL_EVENTS]),
  kinds: z.array(z.enum(ALERT_KINDS)).min(1).nullish().describe('null = all'),
  agents: names.nullish().describe('null = all; alerts across agents are always told'),
  environments: names.nullish().describe('null = all'),
})

export const channelSchema = z.object({
  id: z.string(),
  name: z.string(),
  format: z.enum(CHANNEL_FORMATS),
  url: z.string(),
  enabled: z.boolean(),
  events: z.array(z.enum(CHANNEL_EVENTS)),
  kinds: z.array(z.enum(ALERT_KINDS)).nullable(),
  agents: z.array(z.string()).nullable(),
  environments: z.array(z.string()).nullable(),
  created_at: epochMs,
  secret: z
    .string()
    .nullable()
    .describe('of a standard channel, to verify signatures; told when it is made, null ever after'),
})

export const channelListSchema = z.object({ channels: z.array(channelSchema) })

export const deliverySchema = z.object({
  id: z
    .string()
    .describe('the webhook-id: the same at each attempt, so that a receiver can tell repetitions'),
  channel_id: z.string(),
  type: z.enum(['alerts', 'mode', 'test']).describe('mode = a guard or a trigger has tightened the mode'),
  alert_ids: z.array(z.string()),
  created_at: epochMs,
  status: z.enum(DELIVERY_STATUSES),
  attempts: z.int().min(0),
  next_attempt_at: epochMs.nullable(),
  finished_at: epochMs.nullable(),
  http_status: z.int().nullable().describe('of the last attempt; null when there was no answer'),
  error: z.string().nullable().describe('of the last attempt, in words'),
  took_ms: z.number().nullable(),
})

export const deliveryListSchema = z.object({ deliveries: z.array(deliverySchema) })

export type ChannelInput = z.infer<typeof channelInputSchema>
export type Channel = z.infer<typeof channelSchema>
export type ChannelList = z.infer<typeof channelListSchema>
export type Delivery = z.infer<typeof deliverySchema>
export type DeliveryList = z.infer<typeof deliveryListSchema>
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

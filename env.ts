import { resolve } from 'node:path'
import { z } from 'zod'
import { DEFAULT_FALSE_ALARMS, FALSE_ALARMS_RANGE } from '#lib/detectors/sensitivity.ts'

/*
 * The only place that reads the environment. All faults are said in one message, so that a wrong start is
 * mended once.
 */

const port = z.coerce.number().int().min(0).max(65_535)

const schema = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  PARASCOPE_DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .optional()
    .refine(
      (url) => url === undefined || url === '',
      'is not supported by this version: leave it unset to use SQLite',
    ),
  PARASCOPE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  PARASCOPE_ALLOWED_HOSTS: z.string().default(''),
  PARASCOPE_WEBHOOK_ALLOWED_HOSTS: z.string().default(''),
  PARASCOPE_WEBHOOK_REDIRECTS: z.enum(['refuse', 'follow']).default('refuse'),
  PARASCOPE_TRIGGER_SECRET: z
    .string()
    .optional()
    .refine(
      (secret) => secret === undefined || secret === '' || isTriggerSecret(secret),
      'must be base64 of 24 to 64 random bytes, with or without whsec_ before it: openssl rand -base64 32',
    ),
  PARASCOPE_MAX_BODY_MB: z.coerce.number().positive().max(1024).default(20),
  PARASCOPE_SPAN_QUIET_MS: z.coerce.number().int().min(0).max(3_600_000).default(10_000),
  PARASCOPE_CAPTURE_CONTENT: z.enum(['true', 'false']).default('false'),
  PARASCOPE_SPAN_BUFFER_MB: z.coerce.number().positive().max(1_048_576).default(2_048),
  PARASCOPE_SENSITIVITY: z.coerce
    .number()
    .min(FALSE_ALARMS_RANGE.min)
    .max(FALSE_ALARMS_RANGE.max)
    .default(DEFAULT_FALSE_ALARMS),
})

/** The configuration of one Parascope process. */
export interface Configuration {
  readonly port: number
  readonly host: string
  readonly dataDir: string
  readonly publicUrl: string | null
  /** Values of the `Host` header that are answered besides those of loopback. */
  readonly allowedHosts: readonly string[]
  /** Signs what other alerting systems send to tighten the mode; null = nothing is taken from them. */
  readonly triggerSecret: string | null
  readonly maxBodyBytes: number
  /** Who may be told of alerts although their address is private, and whether redirects are followed. */
  readonly webhooks: { readonly allowedHosts: ReadonlySet<string>; readonly followRedirects: boolean }
  /**
   * How spans are made into batches: quiet before a batch is final, room for those that wait, and whether excerpts
   * of arguments, results and errors are kept.
   */
  readonly spans: {
    readonly quietMs: number
    readonly maxBufferBytes: number
    readonly capturesContent: boolean
  }
  /** Expected false alarms per agent and month: lib/detectors/sensitivity.ts. */
  readonly falseAlarms: number
}

/** A wrong environment, with every fault in the message. */
export class ConfigurationError extends Error {}

/** Reads and checks the environment. @throws ConfigurationError naming every variable that is wrong */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Configuration {
  const parsed = schema.safeParse(environment)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigurationError(`The configuration is wrong:\n${faults.join('\n')}`)
  }
  const env = parsed.data
  const publicUrl = env.PARASCOPE_PUBLIC_URL ?? null
  const listed = listHosts(env.PARASCOPE_ALLOWED_HOSTS)
  if (publicUrl !== null) listed.push(new URL(publicUrl).host.toLowerCase())
  return {
    port: env.PORT,
    host: env.HOST,
    dataDir: resolve(env.PARASCOPE_DATA_DIR),
    publicUrl,
    allowedHosts: listed,
    webhooks: {
      allowedHosts: new Set(listHosts(env.PARASCOPE_WEBHOOK_ALLOWED_HOSTS)),
      followRedirects: env.PARASCOPE_WEBHOOK_REDIRECTS === 'follow',
    },
    triggerSecret: env.PARASCOPE_TRIGGER_SECRET || null,
    maxBodyBytes: Math.floor(env.PARASCOPE_MAX_BODY_MB * 1024 * 1024),
    spans: {
      quietMs: env.PARASCOPE_SPAN_QUIET_MS,
      capturesContent: env.PARASCOPE_CAPTURE_CONTENT === 'true',
      maxBufferBytes: Math.floor(env.PARASCOPE_SPAN_BUFFER_MB * 1024 * 1024),
    },
    falseAlarms: env.PARASCOPE_SENSITIVITY,
  }
}

/** As the Standard Webhooks specification wants its secrets. */
function isTriggerSecret(secret: string): boolean {
  const text = secret.replace(/^whsec_/, '')
  const bytes = Buffer.from(text, 'base64').byteLength
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0 && bytes >= 24 && bytes <= 64
}

function listHosts(text: string): string[] {
  return text
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '')
}

/** Whether a person chose the data folder. */
export function isDataDirSet(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return environment.PARASCOPE_DATA_DIR !== undefined
}

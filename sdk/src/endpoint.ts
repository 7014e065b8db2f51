import { messageOf } from './failure.ts'
import type { Send } from './platform/http.ts'
import type { Platform } from './platform/platform.ts'
import type { Endpoint } from './report/delivery.ts'
import type { Observer } from './types.ts'

const DEFAULT_URL = 'http://localhost:3000'
const NAME_CHARS = 256

/** What the foreground hands over. */
export interface HostSettings {
  readonly platform: Platform
  /** The host's options: anything may be in them. */
  readonly options: Readonly<Record<string, unknown>>
  readonly observer: Observer | null
  readonly diagnose: (code: string, message: string) => void
}

/** Whose batches these are; every name within the contract's bounds. */
export interface Identity {
  readonly agent: string
  readonly environment: string
  readonly version: string | null
  readonly tenant: string | null
}

/** A name as the contract takes it. */
function toName(text: string): string {
  return text.slice(0, NAME_CHARS).toWellFormed()
}

/** The base of the API, ending in a slash; null when it is not an address to send to. */
function parseBase(url: unknown): string | null {
  try {
    const { protocol, origin, pathname } = new URL(url as string)
    return /^https?:$/.test(protocol) ? `${origin}${pathname.replace(/\/*$/, '/')}` : null
  } catch {
    return null
  }
}

export function parseIdentity({ options, diagnose }: HostSettings): Identity {
  const name = (key: string) => {
    const value = options[key]
    if (typeof value === 'string' && value !== '') return toName(value)
    if (value !== undefined && value !== null) diagnose(`config-${key}`, `${key} must be a text: ignored`)
    return null
  }
  const agent = name('agent')
  if (agent === null) diagnose('config-agent', 'agent is missing: batches are recorded under unknown')
  return {
    agent: agent ?? 'unknown',
    environment: name('environment') ?? 'default',
    version: name('version'),
    tenant: name('tenant'),
  }
}

/** Where to send to; null when the options give no usable address: then nothing is sent and no mode heard. */
function parseEndpoint(settings: HostSettings, send: Send): Endpoint | null {
  const { platform, options, observer, diagnose } = settings
  const base = parseBase(options.url ?? DEFAULT_URL)
  const token = options.token ?? ''
  // A header cannot hold anything else.
  const isToken = typeof token === 'string' && /^[\x21-\x7e]*$/.test(token)
  if (base === null || !isToken) {
    const wrong = base === null ? 'url' : 'token'
    diagnose(`config-${wrong}`, `${wrong} is not usable: nothing is sent, no mode is heard`)
    return null
  }
  return {
    platform,
    base,
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    send(request, handlers) {
      let abandon: (() => void) | null = null
      const once = () => {
        abandon ??= send(request, handlers)
      }
      try {
        observer?.quiet?.(once)
      } catch (error) {
        diagnose('hook', `observer threw: ${messageOf(error)}`)
      }
      once()
      return () => abandon?.()
    },
  }
}

/** What keeps a fault of ours from the host: see {@link openEndpoint}. */
export type Net = <A extends unknown[]>(fn: (...args: A) => void) => (...args: A) => void

function createNet(diagnose: HostSettings['diagnose']): Net {
  return (fn) =>
    (...args) => {
      try {
        fn(...args)
      } catch (error) {
        diagnose('internal', `a fault of the SDK: ${messageOf(error)}`)
      }
    }
}

/**
 * The way to the server, and a net. Nothing of ours may end in the host's `uncaughtException`: what runs from
 * a timer or a socket, or is called by the foreground, passes through it. A fault of ours is told; the host
 * runs on.
 */
export function openEndpoint(
  settings: HostSettings,
  send: Send,
): { readonly net: Net; readonly endpoint: Endpoint | null } {
  const net = createNet(settings.diagnose)
  const platform: Platform = {
    ...settings.platform,
    later: (ms, fn) => settings.platform.later(ms, net(fn)),
  }
  const endpoint = parseEndpoint({ ...settings, platform }, (request, { onHead, onText, onEnd }) =>
    send(request, { onHead: net(onHead), onText: net(onText), onEnd: net(onEnd) }),
  )
  return { net, endpoint }
}

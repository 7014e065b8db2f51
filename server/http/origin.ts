import type { IncomingMessage } from 'node:http'
import { RequestError } from '#ingest/errors.ts'

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/**
 * Answers only to names it knows, so that a page elsewhere can't reach it by pointing its own name here.
 * @throws RequestError 421
 */
export function requireKnownHost(req: IncomingMessage, allowedHosts: readonly string[]): void {
  const host = (req.headers.host ?? '').toLowerCase()
  const name = host.replace(/:\d+$/, '')
  if (LOOPBACK_NAMES.has(name) || allowedHosts.includes(host) || allowedHosts.includes(name)) return
  throw new RequestError(
    421,
    `This server does not answer to \`${host.slice(0, 120)}\`: add it to PARASCOPE_ALLOWED_HOSTS.`,
  )
}

/**
 * A change asked for by a browser must come from a page of ours; a program sends no Origin and may pass.
 * @throws RequestError 403
 */
export function requireSameOrigin(req: IncomingMessage, publicUrl: string | null): void {
  const origin = req.headers.origin
  if (origin === undefined) return
  const own = [`http://${req.headers.host}`, ...(publicUrl === null ? [] : [new URL(publicUrl).origin])]
  if (!own.includes(origin))
    throw new RequestError(403, `A change may not come from the origin \`${origin.slice(0, 120)}\`.`)
}

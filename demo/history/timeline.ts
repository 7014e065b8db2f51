import type { EndpointName } from '../service/endpoints.ts'
import type { Mode } from './schedule.ts'

/*
 * What happened in the days before now, apart from the deploys of the roster. In hours before now:
 *
 *   30 ├── carrier slow ──┤ 27
 *        29 ├ serial ┤ 28.3      somebody on call flips support-refund while they look
 */

const CARRIER_SLOW = { fromHoursAgo: 30, toHoursAgo: 27, factor: 2.6 } as const
const FLIP = {
  fromHoursAgo: 29,
  toHoursAgo: 29 - 40 / 60,
  agent: 'support-refund',
  environment: 'production',
} as const

/** The rule that was set during the flip, and why: replayed onto the server's mode so that revisions agree. */
export const FLIP_RULE = { agent: FLIP.agent, environment: FLIP.environment, mode: 'serial' } as const

/** How much slower than usual an endpoint is at an instant. */
export function endpointFactor(endpoint: EndpointName, hoursAgo: number): number {
  const isSlow =
    endpoint === 'shipment' && hoursAgo <= CARRIER_SLOW.fromHoursAgo && hoursAgo > CARRIER_SLOW.toHoursAgo
  return isSlow ? CARRIER_SLOW.factor : 1
}

/** The mode that an executor obeyed at an instant, and the revision of the rules it came from. */
export function modeAt(
  agent: string,
  environment: string,
  hoursAgo: number,
): { mode: Mode; revision: number } {
  if (hoursAgo > FLIP.fromHoursAgo) return { mode: 'parallel', revision: 0 }
  if (hoursAgo <= FLIP.toHoursAgo) return { mode: 'parallel', revision: 2 }
  const isConcerned = agent === FLIP.agent && environment === FLIP.environment
  return { mode: isConcerned ? 'serial' : 'parallel', revision: 1 }
}

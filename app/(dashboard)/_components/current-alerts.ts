import type { AlertQuery, FilterQuery } from '#lib/contract/query.ts'

/** The part of a view that alerts have: what is open is open now, whatever the window. */
export function currentAlerts({ agent, environment }: FilterQuery): AlertQuery {
  return {
    state: 'current',
    ...(agent === undefined ? {} : { agent }),
    ...(environment === undefined ? {} : { environment }),
  }
}

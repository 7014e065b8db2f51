import type { CouplingQuery, FilterQuery } from '#lib/contract/query.ts'

/** What of a view's filter the audit takes: its window and scope. */
export function couplingFilter({ range, from, to, agent, environment }: FilterQuery): CouplingQuery {
  return {
    ...(range === undefined ? {} : { range }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(agent === undefined ? {} : { agent }),
    ...(environment === undefined ? {} : { environment }),
  }
}

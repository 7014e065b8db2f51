import { reads } from '#app/_data/reads.ts'
import { couplingQuery } from '#lib/contract/query.ts'
import { queryRoute } from '../../_lib/query-route.ts'
import { DELETE, PATCH, POST, PUT } from '../../_lib/refuse.ts'

export const GET = queryRoute(couplingQuery, (query, nowMs) => reads().listCoupling(query, nowMs))

export { DELETE, PATCH, POST, PUT }

import { reads } from '#app/_data/reads.ts'
import { markerQuery } from '#lib/contract/query.ts'
import { queryRoute } from '../../_lib/query-route.ts'
import { DELETE, PATCH, POST, PUT } from '../../_lib/refuse.ts'

export const GET = queryRoute(markerQuery, (query, nowMs) => reads().listMarkers(query, nowMs))

export { DELETE, PATCH, POST, PUT }

import { reads } from '#app/_data/reads.ts'
import { comparisonQuery } from '#lib/contract/mode-comparison.ts'
import { queryRoute } from '../../../_lib/query-route.ts'
import { DELETE, PATCH, POST, PUT } from '../../../_lib/refuse.ts'

export const GET = queryRoute(comparisonQuery, (query, nowMs) => reads().compareModes(query, nowMs))

export { DELETE, PATCH, POST, PUT }

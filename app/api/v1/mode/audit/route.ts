import { reads } from '#app/_data/reads.ts'
import { auditQuery } from '#lib/contract/query.ts'
import { queryRoute } from '../../../_lib/query-route.ts'
import { DELETE, PATCH, POST, PUT } from '../../../_lib/refuse.ts'

const DEFAULT_ENTRIES = 100

export const GET = queryRoute(auditQuery, (query) => reads().listModeAudit(query.limit ?? DEFAULT_ENTRIES))

export { DELETE, PATCH, POST, PUT }

import { reads } from '#app/_data/reads.ts'
import { parseAlertQuery } from '#lib/contract/parse-query.ts'
import { DELETE, PATCH, POST, PUT } from '../../_lib/refuse.ts'
import { answer, respondBadQuery, respondJson } from '../../_lib/respond.ts'

export function GET(request: Request): Promise<Response> {
  return answer(request, async () => {
    const parsed = parseAlertQuery(new URL(request.url).searchParams)
    if (!parsed.ok) return respondBadQuery(parsed.faults)
    return respondJson(await reads().listAlerts(parsed.query, Date.now()))
  })
}

export { DELETE, PATCH, POST, PUT }

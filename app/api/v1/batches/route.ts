import { reads } from '#app/_data/reads.ts'
import { parseListQuery } from '#lib/contract/parse-query.ts'
import { refuseAllBut } from '../../_lib/refuse.ts'
import { answer, respondBadQuery, respondJson } from '../../_lib/respond.ts'

// POST never comes here: the front serves it before Next.
const refuse = refuseAllBut('GET, HEAD, POST')

export function GET(request: Request): Promise<Response> {
  return answer(request, async () => {
    const parsed = parseListQuery(new URL(request.url).searchParams)
    if (!parsed.ok) return respondBadQuery(parsed.faults)
    return respondJson(await reads().listBatches(parsed.query, Date.now()))
  })
}

export { refuse as DELETE, refuse as PATCH, refuse as PUT }

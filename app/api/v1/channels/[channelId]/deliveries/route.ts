import { reads } from '#app/_data/reads.ts'
import { parseQuery } from '#lib/contract/parse-query.ts'
import { deliveryQuery } from '#lib/contract/query.ts'
import { DELETE, PATCH, POST, PUT } from '../../../../_lib/refuse.ts'
import { answer, respondBadQuery, respondJson, respondProblem } from '../../../../_lib/respond.ts'

const DEFAULT_LIMIT = 50

interface Context {
  readonly params: Promise<{ channelId: string }>
}

export function GET(request: Request, { params }: Context): Promise<Response> {
  return answer(request, async () => {
    const parsed = parseQuery(deliveryQuery, new URL(request.url).searchParams)
    if (!parsed.ok) return respondBadQuery(parsed.faults)
    const { channelId } = await params
    const log = await reads().listDeliveries(channelId, parsed.query.limit ?? DEFAULT_LIMIT)
    return log === null ? respondProblem(404, 'No channel has this id.') : respondJson(log)
  })
}

export { DELETE, PATCH, POST, PUT }

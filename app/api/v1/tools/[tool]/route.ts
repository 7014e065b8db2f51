import { reads } from '#app/_data/reads.ts'
import { parseQuery } from '#lib/contract/parse-query.ts'
import { filterQuery } from '#lib/contract/query.ts'
import { DELETE, PATCH, POST, PUT } from '../../../_lib/refuse.ts'
import { answer, respondBadQuery, respondJson, respondProblem } from '../../../_lib/respond.ts'

interface Context {
  readonly params: Promise<{ tool: string }>
}

export function GET(request: Request, { params }: Context): Promise<Response> {
  return answer(request, async () => {
    const parsed = parseQuery(filterQuery, new URL(request.url).searchParams)
    if (!parsed.ok) return respondBadQuery(parsed.faults)
    const tool = await reads().getTool((await params).tool, parsed.query, Date.now())
    return tool === null ? respondProblem(404, 'No call of this tool was ever recorded.') : respondJson(tool)
  })
}

export { DELETE, PATCH, POST, PUT }

import { reads } from '#app/_data/reads.ts'
import { DELETE, PATCH, POST, PUT } from '../../../_lib/refuse.ts'
import { answer, respondJson, respondProblem } from '../../../_lib/respond.ts'

interface Context {
  readonly params: Promise<{ batchId: string }>
}

export function GET(request: Request, { params }: Context): Promise<Response> {
  return answer(request, async () => {
    const { batchId } = await params
    const batch = await reads().getBatch(batchId, Date.now())
    return batch === null ? respondProblem(404, 'No batch has this id.') : respondJson(batch)
  })
}

export { DELETE, PATCH, POST, PUT }

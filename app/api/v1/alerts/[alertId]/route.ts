import { reads } from '#app/_data/reads.ts'
import { DELETE, PATCH, POST, PUT } from '../../../_lib/refuse.ts'
import { answer, respondJson, respondProblem } from '../../../_lib/respond.ts'

interface Context {
  readonly params: Promise<{ alertId: string }>
}

export function GET(request: Request, { params }: Context): Promise<Response> {
  return answer(request, async () => {
    const { alertId } = await params
    const alert = await reads().getAlert(alertId, Date.now())
    return alert === null ? respondProblem(404, 'No alert has this id.') : respondJson(alert)
  })
}

export { DELETE, PATCH, POST, PUT }

import { reads } from '#app/_data/reads.ts'
import { DELETE, PATCH, POST, PUT } from '../../../_lib/refuse.ts'
import { answer, respondJson, respondProblem } from '../../../_lib/respond.ts'

interface Context {
  readonly params: Promise<{ runId: string }>
}

export function GET(request: Request, { params }: Context): Promise<Response> {
  return answer(request, async () => {
    const { runId } = await params
    const run = await reads().listRun(runId)
    return run === null ? respondProblem(404, 'No batch names this run.') : respondJson(run)
  })
}

export { DELETE, PATCH, POST, PUT }

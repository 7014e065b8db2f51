import { reads } from '#app/_data/reads.ts'
import { refuseAllBut } from '../../_lib/refuse.ts'
import { answer, respondJson } from '../../_lib/respond.ts'

export function GET(request: Request): Promise<Response> {
  return answer(request, async () => respondJson(await reads().listChannels()))
}

// A POST never comes here: the front takes it.
const refuse = refuseAllBut('GET, HEAD, POST')

export { refuse as DELETE, refuse as PATCH, refuse as PUT }

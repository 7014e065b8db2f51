import { getRuntime } from '#db/runtime.ts'
import { DELETE, PATCH, POST, PUT } from '../../../_lib/refuse.ts'
import { answer, respondJson } from '../../../_lib/respond.ts'

export function GET(request: Request): Promise<Response> {
  return answer(request, () => respondJson(getRuntime().listExecutors()))
}

export { DELETE, PATCH, POST, PUT }

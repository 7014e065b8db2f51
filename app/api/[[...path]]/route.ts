import { respondProblem } from '../_lib/respond.ts'

function refuse({ url }: Request): Response {
  return respondProblem(
    404,
    `${new URL(url).pathname.slice(0, 200)} is not a path of this API: see /api/openapi.json.`,
  )
}

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as POST, refuse as PUT }

import { openApiDocument } from '#lib/contract/openapi.ts'
import { DELETE, PATCH, POST, PUT } from '../_lib/refuse.ts'
import { respondJson } from '../_lib/respond.ts'

export function GET(): Response {
  return respondJson(openApiDocument())
}

export { DELETE, PATCH, POST, PUT }

import { toolMarksSchema } from '#lib/contract/coupling.ts'
import { parseBody, readJson } from './body.ts'
import type { Route } from './context.ts'
import { requireSameOrigin } from './origin.ts'
import { readIdAfter } from './path-id.ts'
import { respondJson } from './respond.ts'

const MAX_BODY_BYTES = 16 << 10

/** `PUT /api/v1/tools/{tool}/marks`: what a person answers of a tool. */
export const putToolMarks: Route = async (req, res, url, context) => {
  requireSameOrigin(req, context.publicUrl)
  const tool = readIdAfter(url, 'tools')
  const marks = parseBody(toolMarksSchema, await readJson(req, MAX_BODY_BYTES, context.budget))
  respondJson(res, 200, await context.writer.markTool(tool, marks, 'local', Date.now()))
}

import type { z } from 'zod'
import { parseQuery } from '#lib/contract/parse-query.ts'
import { answer, respondBadQuery, respondJson } from './respond.ts'

/** A GET handler: the query by its schema, one read, its answer as JSON. */
export function queryRoute<Schema extends z.ZodObject>(
  schema: Schema,
  read: (query: z.output<Schema>, nowMs: number) => Promise<unknown>,
): (request: Request) => Promise<Response> {
  return (request) =>
    answer(request, async () => {
      const parsed = parseQuery(schema, new URL(request.url).searchParams)
      return parsed.ok ? respondJson(await read(parsed.query, Date.now())) : respondBadQuery(parsed.faults)
    })
}

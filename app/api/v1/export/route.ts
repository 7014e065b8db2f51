import { reads } from '#app/_data/reads.ts'
import { parseQuery } from '#lib/contract/parse-query.ts'
import { exportQuery, type FilterQuery } from '#lib/contract/query.ts'
import { DELETE, PATCH, POST, PUT } from '../../_lib/refuse.ts'
import { answer, respondBadQuery } from '../../_lib/respond.ts'

const HEADERS = {
  'cache-control': 'no-store',
  'content-type': 'application/x-ndjson; charset=utf-8',
  'content-disposition': 'attachment; filename="parascope-batches.jsonl"',
}

export function GET(request: Request): Promise<Response> {
  return answer(request, () => {
    const parsed = parseQuery(exportQuery, new URL(request.url).searchParams)
    if (!parsed.ok) return respondBadQuery(parsed.faults)
    const { format, ...query } = parsed.query
    if (format === 'otlp')
      return respondBadQuery([{ path: 'format', reason: 'otlp is not supported yet: use jsonl' }])
    return new Response(streamLines(query, Date.now()), { headers: HEADERS })
  })
}

/** A page is read whenever the receiver has taken the one before; a receiver that leaves ends it. */
function streamLines(query: FilterQuery, nowMs: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let cursor: string | null = null
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        const page = await reads().listExport(query, cursor, nowMs)
        cursor = page.nextCursor
        if (page.lines.length > 0) controller.enqueue(encoder.encode(`${page.lines.join('\n')}\n`))
        if (cursor === null) controller.close()
        if (cursor === null || page.lines.length > 0) return
      }
    },
  })
}

export { DELETE, PATCH, POST, PUT }

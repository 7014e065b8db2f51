import { reads } from '#app/_data/reads.ts'
import { parseQuery } from '#lib/contract/parse-query.ts'
import { exportQuery, type FilterQuery } from '#lib/contract/query.ts'
import { type ExportFormat, formatExportLine } from '#lib/otlp/export-format.ts'
import { DELETE, PATCH, POST, PUT } from '../../_lib/refuse.ts'
import { answer, respondBadQuery } from '../../_lib/respond.ts'

const FILE_NAMES = { jsonl: 'parascope-batches.jsonl', otlp: 'parascope-traces.jsonl' } as const

export function GET(request: Request): Promise<Response> {
  return answer(request, () => {
    const parsed = parseQuery(exportQuery, new URL(request.url).searchParams)
    if (!parsed.ok) return respondBadQuery(parsed.faults)
    const { format = 'jsonl', ...query } = parsed.query
    return new Response(streamLines(query, format, Date.now()), {
      headers: {
        'cache-control': 'no-store',
        'content-type': 'application/x-ndjson; charset=utf-8',
        'content-disposition': `attachment; filename="${FILE_NAMES[format]}"`,
      },
    })
  })
}

/** A page is read whenever the receiver has taken the one before; a receiver that leaves ends it. */
function streamLines(query: FilterQuery, format: ExportFormat, nowMs: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let cursor: string | null = null
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        const page = await reads().listExport(query, cursor, nowMs)
        cursor = page.nextCursor
        const lines = page.lines.map((line) => `${formatExportLine(line, format)}\n`)
        if (lines.length > 0) controller.enqueue(encoder.encode(lines.join('')))
        if (cursor === null) controller.close()
        if (cursor === null || lines.length > 0) return
      }
    },
  })
}

export { DELETE, PATCH, POST, PUT }

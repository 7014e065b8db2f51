import { once } from 'node:events'
import type { Route } from './context.ts'

const LINES_AT_ONCE = 200

/** `GET /api/v1/mode/audit/export`: the whole trail as it was hashed, a line each, oldest first. */
export const getModeAuditExport: Route = async (req, res, _url, context) => {
  res.writeHead(200, {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'content-disposition': 'attachment; filename="parascope-mode-audit.jsonl"',
    'cache-control': 'no-store',
  })
  if (req.method === 'HEAD') {
    res.end()
    return
  }
  const gone = new AbortController()
  res.once('close', () => gone.abort())
  let after = 0
  while (!gone.signal.aborted) {
    const lines = await context.reads.listModeLines(after, LINES_AT_ONCE)
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    after = lines.at(-1)?.revision ?? after
    if (lines.length < LINES_AT_ONCE) {
      res.end(text)
      return
    }
    // A receiver that leaves while it is waited for ends the wait.
    if (!res.write(text)) await once(res, 'drain', { signal: gone.signal }).catch(() => undefined)
  }
}

import { RequestError } from '#ingest/errors.ts'
import { alertActionSchema } from '#lib/contract/alerts.ts'
import { parseBody, readJson } from './body.ts'
import type { Route } from './context.ts'
import { requireSameOrigin } from './origin.ts'
import { readIdAfter } from './path-id.ts'
import { respondJson } from './respond.ts'

const MAX_BODY_BYTES = 16 << 10

/** `POST /api/v1/alerts/{alert_id}/actions`: what a person does with an alert. */
export const postAlertAction: Route = async (req, res, url, context) => {
  requireSameOrigin(req, context.publicUrl)
  const id = readIdAfter(url, 'alerts')
  const action = parseBody(alertActionSchema, await readJson(req, MAX_BODY_BYTES, context.budget))
  await context.writer.actOnAlert(id, action, 'local', Date.now())
  const alert = await context.reads.getAlert(id, Date.now())
  // A rebuild may have begun since, and the alert is found anew in a moment.
  if (alert === null) throw new RequestError(503, 'The alert is being found anew.', { retryAfterS: 2 })
  respondJson(res, 200, alert)
}

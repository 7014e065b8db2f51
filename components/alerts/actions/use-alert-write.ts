'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { fetchJson } from '#components/query/fetch-json.ts'
import { alertQuery } from '#components/query/queries.ts'
import { type AlertAction, type AlertDetail, alertDetailSchema } from '#lib/contract/alerts.ts'

/** Does something with an alert. Nothing is shown as done before the server says so. */
export function useAlertWrite(alertId: string, onDone: (alert: AlertDetail, action: AlertAction) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (action: AlertAction) =>
      fetchJson(`/api/v1/alerts/${encodeURIComponent(alertId)}/actions`, alertDetailSchema, {
        method: 'POST',
        body: action,
      }),
    onSuccess: async (alert, action) => {
      const { queryKey } = alertQuery(alertId)
      // A read that began before would put the old status back.
      await client.cancelQueries({ queryKey })
      client.setQueryData(queryKey, alert)
      void client.invalidateQueries({ queryKey: ['alerts'] })
      onDone(alert, action)
    },
  })
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import { fetchJson } from '#components/query/fetch-json.ts'
import { channelsQuery, deliveriesQuery } from '#components/query/queries.ts'
import { type Channel, type ChannelInput, channelSchema, deliveryListSchema } from '#lib/contract/channels.ts'

/** Makes a channel, or replaces one. */
export function useChannelWrite(channelId: string | null, onDone: (channel: Channel) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: ChannelInput) =>
      fetchJson(channelId === null ? '/api/v1/channels' : pathOf(channelId), channelSchema, {
        method: channelId === null ? 'POST' : 'PUT',
        body: input,
      }),
    onSuccess: async (channel) => {
      await client.invalidateQueries({ queryKey: channelsQuery().queryKey })
      onDone(channel)
    },
  })
}

/** Removes a channel and its log. */
export function useChannelRemoval(channelId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => fetchJson(pathOf(channelId), z.null(), { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: channelsQuery().queryKey }),
  })
}

/** Sends a test; the log that comes back holds how it went. */
export function useChannelTest(channelId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      fetchJson(`${pathOf(channelId)}/test`, deliveryListSchema, { method: 'POST', body: {} }),
    onSuccess: (log) => client.setQueryData(deliveriesQuery(channelId).queryKey, log),
  })
}

function pathOf(channelId: string): string {
  return `/api/v1/channels/${encodeURIComponent(channelId)}`
}

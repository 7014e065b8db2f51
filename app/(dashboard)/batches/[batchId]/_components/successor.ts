/** The id under which a batch was asked for whose calls are in another one now. */
export const FORMER_ID = 'was'

/** What belongs to one batch only and is left behind on the way to another. */
export const OF_ONE_BATCH = ['call', 'fold', 't', 'open', FORMER_ID] as const

/** The address of the batch that took the calls of another, with what of its query is not of one batch only. */
export function toSuccessor(
  batchId: string,
  formerId: string,
  query: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || OF_ONE_BATCH.some((one) => one === name)) continue
    for (const text of typeof value === 'string' ? [value] : value) params.append(name, text)
  }
  params.set(FORMER_ID, formerId)
  return `/batches/${encodeURIComponent(batchId)}?${params}`
}

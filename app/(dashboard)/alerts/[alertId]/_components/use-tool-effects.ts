'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { batchQuery } from '#components/query/queries.ts'
import type { ToolEffects } from '#lib/alerts/lever.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'

/** What the tools of the alert do, as a batch that it shows has them; nothing while that is not known. */
export function useToolEffects({ evidence }: AlertDetail): ToolEffects {
  const batchId = evidence.batches_after[0] ?? evidence.batches_before[0]
  const { data } = useQuery({ ...batchQuery(batchId ?? ''), enabled: batchId !== undefined })
  const calls = batchId === undefined ? undefined : data?.calls
  return useMemo(() => new Map(calls?.map((call) => [call.tool, call.effect])), [calls])
}

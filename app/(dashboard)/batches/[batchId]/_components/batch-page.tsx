'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ApiError, describeError } from '#components/query/fetch-json.ts'
import { batchQuery } from '#components/query/queries.ts'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { prepareBatch } from '#lib/timeline/prepare-timeline.ts'
import { BatchSkeleton } from './batch-skeleton.tsx'
import { BatchView } from './batch-view.tsx'
import { MissingBatch } from './missing-batch.tsx'
import { useFollowSuccessor } from './use-batch-view.ts'

/** Spans of a provisional batch still arrive: it is asked for again until it is final. */
const PROVISIONAL_MS = 2000

/** What happened in one batch. */
export function BatchPage({ batchId }: { readonly batchId: string }) {
  const { data, error, refetch } = useQuery({
    ...batchQuery(batchId),
    refetchInterval: (query) => (query.state.data?.provisional ? PROVISIONAL_MS : false),
  })
  useFollowSuccessor(batchId, data?.superseded_by ?? null)
  if (data === undefined && error instanceof ApiError && error.status === 404) return <MissingBatch />
  const failure = error ? (
    <ErrorStrip
      what="This batch could not be read"
      cause={describeError(error)}
      meanwhile={data === undefined ? undefined : 'what is below was read before'}
      onRetry={() => void refetch()}
    />
  ) : null
  if (data === undefined) return failure ?? <BatchSkeleton />
  return <PreparedBatchView batch={data} failure={failure} />
}

interface PreparedBatchViewProps {
  readonly batch: BatchDetail
  readonly failure: React.ReactNode
}

function PreparedBatchView({ batch, failure }: PreparedBatchViewProps) {
  const prepared = useMemo(() => prepareBatch(batch), [batch])
  return <BatchView batch={batch} prepared={prepared} failure={failure} />
}

import { BatchesSkeleton } from '#components/batch/batches-skeleton.tsx'

export default function Loading() {
  return <BatchesSkeleton />
}

import { BatchSkeleton } from './_components/batch-skeleton.tsx'

export default function Loading() {
  return <BatchSkeleton />
}

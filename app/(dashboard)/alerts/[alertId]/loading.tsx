import { AlertSkeleton } from './_components/alert-skeleton.tsx'

export default function Loading() {
  return <AlertSkeleton />
}

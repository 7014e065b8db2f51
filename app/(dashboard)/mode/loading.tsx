import { ModeSkeleton } from '#components/mode/mode-skeleton.tsx'

export default function Loading() {
  return <ModeSkeleton />
}

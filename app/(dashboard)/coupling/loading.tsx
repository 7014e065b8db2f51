import { PageHeadSpace } from '../tools/_components/page-head-space.tsx'
import { CouplingSkeleton } from './_components/coupling-skeleton.tsx'

export default function Loading() {
  return (
    <>
      <PageHeadSpace title="Coupling" />
      <CouplingSkeleton />
    </>
  )
}

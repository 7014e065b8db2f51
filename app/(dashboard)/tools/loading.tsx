import { PageHeadSpace } from './_components/page-head-space.tsx'
import { ToolsSkeleton } from './_components/tools-skeleton.tsx'

export default function Loading() {
  return (
    <>
      <PageHeadSpace title="Tools" />
      <ToolsSkeleton />
    </>
  )
}

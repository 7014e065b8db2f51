import { PageHeadSpace } from '../_components/page-head-space.tsx'
import { ToolSkeleton } from './_components/tool-skeleton.tsx'

export default function Loading() {
  return (
    <>
      <PageHeadSpace title="Tool" />
      <ToolSkeleton />
    </>
  )
}

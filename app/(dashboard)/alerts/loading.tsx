import { PageHeadSpace } from '../tools/_components/page-head-space.tsx'
import { AlertsSkeleton } from './_components/alerts-skeleton.tsx'

export default function Loading() {
  return (
    <>
      <PageHeadSpace title="Alerts" />
      <AlertsSkeleton />
    </>
  )
}

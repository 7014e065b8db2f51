import { PageHead } from '#components/shell/page-head.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'

export default function Loading() {
  return (
    <>
      <PageHead title="Connect" note="three minutes from nothing to the first batch" />
      <SkeletonRows rows={8} widths={['28%', '28%', '36%']} label="Reading the newest batches" />
    </>
  )
}

import { SkeletonRows } from '#components/ui/skeleton.tsx'

/** The rows of the audit while they are read. */
export function CouplingSkeleton() {
  return <SkeletonRows rows={14} widths={[16, 150, 60, 120, 64, 64, 64]} label="Reading the audit" />
}

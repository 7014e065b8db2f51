import { SkeletonRows } from '#components/ui/skeleton.tsx'

const WIDTHS = [12, 150, 48, 190, 48, 48, 48, 120, 110, 72] as const

/** The rows in their final geometry while they are on their way. */
export function ToolsSkeleton() {
  return <SkeletonRows rows={16} widths={WIDTHS} label="Reading the tools" />
}

'use client'

import { PageError, type PageErrorProps } from '#components/shell/page-error.tsx'

export default function CouplingError(props: PageErrorProps) {
  return <PageError {...props} />
}

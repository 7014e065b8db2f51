'use client'

import './tokens.css'
import './globals.css'

import { PageError, type PageErrorProps } from '#components/shell/page-error.tsx'

/** Stands in for the root layout when that itself fails. */
export default function GlobalError(props: PageErrorProps) {
  return (
    <html lang="en">
      <body>
        <PageError {...props} />
      </body>
    </html>
  )
}

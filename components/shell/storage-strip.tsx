'use client'

import { useState } from 'react'
import { useLiveEvents } from '#components/query/use-live-stream.ts'
import { ErrorStrip } from '#components/ui/error-strip.tsx'

/** Says on every page that nothing can be stored, for as long as that is so. */
export function StorageStrip() {
  const [fault, setFault] = useState<string | null>(null)
  useLiveEvents((event) => {
    if (event.type === 'storage') setFault(event.data.fault)
  })
  if (fault === null) return null
  return (
    <ErrorStrip
      what="New batches are not being stored"
      cause={fault}
      meanwhile="senders are asked to send them again; what is stored can be read"
    />
  )
}

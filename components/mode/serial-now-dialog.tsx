'use client'

import { useState } from 'react'
import { ModeChangeDialog, type Proposal } from './change/mode-change-dialog.tsx'

interface SerialNowDialogProps {
  /** Null while closed. */
  readonly environment: string | null
  readonly onClose: () => void
}

/** Says what making an environment serial touches, does it on one more press, and leads back. */
export function SerialNowDialog({ environment, onClose }: SerialNowDialogProps) {
  const [next, setNext] = useState<Proposal | null>(null)
  const asked: Proposal | null =
    environment === null ? null : { kind: 'environment', environment, mode: 'serial' }
  return (
    <ModeChangeDialog
      proposal={next ?? asked}
      onPropose={(proposal) => {
        onClose()
        setNext(proposal)
      }}
    />
  )
}

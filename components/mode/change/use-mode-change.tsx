'use client'

import { type ReactNode, useState } from 'react'
import { ModeChangeDialog, type Proposal } from './mode-change-dialog.tsx'

export interface ModeChange {
  /** Opens the dialog that says what it touches and does it on confirmation. */
  readonly propose: (proposal: Proposal) => void
  /** To be put anywhere on the page. */
  readonly dialog: ReactNode
}

/** Changes of the mode: proposed, reviewed, confirmed, and told with a way back. */
export function useModeChange(): ModeChange {
  const [proposal, setProposal] = useState<Proposal | null>(null)
  return {
    propose: setProposal,
    dialog: <ModeChangeDialog proposal={proposal} onPropose={setProposal} />,
  }
}

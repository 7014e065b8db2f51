'use client'

import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { Button } from './button.tsx'
import { CheckIcon, CopyIcon } from './icons.tsx'

interface CopyButtonProps {
  readonly text: string
  /** What is copied, for a screen reader and the tooltip. */
  readonly label: string
  /** A word beside the icon. */
  readonly children?: string
}

const CONFIRM_MS = 1500

/** Copies a text and says that it has. */
export function CopyButton({ text, label, children }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // Browsers keep the clipboard from pages that are neither HTTPS nor localhost.
      notifications.show({
        title: 'Not copied',
        message: 'The browser does not let this page use the clipboard.',
      })
      return
    }
    setCopied(true)
    setTimeout(() => setCopied(false), CONFIRM_MS)
  }
  return (
    <Button kind="plain" title={label} aria-label={label} onClick={copy}>
      {isCopied ? <CheckIcon /> : <CopyIcon />}
      {children}
    </Button>
  )
}

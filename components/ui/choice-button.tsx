'use client'

import { Popover } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import styles from './choice-button.module.css'
import { ChevronDownIcon } from './icons.tsx'

interface ChoiceButtonProps {
  /** What is chosen, quiet before the choice; left out on a narrow screen. */
  readonly name?: string
  /** The choice in force. */
  readonly value: ReactNode
  /** What a screen reader says: name and value in words. */
  readonly label: string
  /** `plain` has no border. */
  readonly kind?: 'default' | 'plain'
  readonly children: ReactNode | ((close: () => void) => ReactNode)
}

/** A control that shows its choice and opens a panel to change it. */
export function ChoiceButton({ name, value, label, kind = 'default', children }: ChoiceButtonProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" offset={4} trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={styles.button}
          data-kind={kind}
          aria-label={label}
          aria-haspopup="dialog"
          onClick={() => setOpen((open) => !open)}
        >
          {name === undefined ? null : <span className={styles.name}>{name}</span>}
          <span className={styles.value}>{value}</span>
          <ChevronDownIcon />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        {typeof children === 'function' ? children(() => setOpen(false)) : children}
      </Popover.Dropdown>
    </Popover>
  )
}

'use client'

import type { Ref } from 'react'
import { CloseIcon, SearchIcon } from '#components/ui/icons.tsx'
import styles from './find-field.module.css'

interface FindFieldProps {
  readonly value: string
  readonly onChange: (text: string) => void
  readonly ref?: Ref<HTMLInputElement>
}

/** Finds tools by a part of their name as it is typed. */
export function FindField({ value, onChange, ref }: FindFieldProps) {
  return (
    <span className={styles.field}>
      <SearchIcon />
      <input
        ref={ref}
        type="text"
        inputMode="search"
        placeholder="part of a name"
        aria-label="Find a tool by a part of its name"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          onChange('')
          event.currentTarget.blur()
        }}
      />
      {value === '' ? null : (
        <button type="button" aria-label="All tools" onClick={() => onChange('')}>
          <CloseIcon />
        </button>
      )}
    </span>
  )
}

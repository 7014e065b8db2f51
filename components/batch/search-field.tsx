'use client'

import { useDebouncedCallback } from '@mantine/hooks'
import { useRef, useState } from 'react'
import { CloseIcon, SearchIcon } from '#components/ui/icons.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import styles from './filter-bar.module.css'
import type { BatchFilters } from './use-batch-filters.ts'

/** How long typing must pause before the address and the rows follow. */
const TYPING_MS = 250

/** Finds a batch or a run by the beginning of its id. */
export function SearchField({ filters }: { readonly filters: BatchFilters }) {
  const inForce = filters.values.q ?? ''
  const [text, setText] = useState(inForce)
  const [lastInForce, setLastInForce] = useState(inForce)
  const input = useRef<HTMLInputElement>(null)
  // The address may change under the field: back, a link, "clear all".
  if (inForce !== lastInForce) {
    setLastInForce(inForce)
    setText(inForce)
  }
  useKeys('Batches', [{ keys: '/', label: 'Search for an id', run: () => input.current?.focus() }])

  const search = useDebouncedCallback(filters.setSearch, TYPING_MS)
  const change = (next: string) => {
    setText(next)
    search(next.trim())
  }

  return (
    <span className={styles.search}>
      <SearchIcon />
      <input
        ref={input}
        type="text"
        placeholder="batch or run id"
        aria-label="Batch or run id, or its beginning"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (text === '') event.currentTarget.blur()
          else change('')
        }}
      />
      {text === '' ? null : (
        <button type="button" aria-label="Clear the search" onClick={() => change('')}>
          <CloseIcon />
        </button>
      )}
    </span>
  )
}

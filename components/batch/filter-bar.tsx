'use client'

import { FocusTrap, Popover } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { facetsQuery } from '#components/query/queries.ts'
import { Button } from '#components/ui/button.tsx'
import { ChevronRightIcon, CloseIcon } from '#components/ui/icons.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import styles from './filter-bar.module.css'
import { FilterEditor } from './filter-editor.tsx'
import { describeFilter, FILTER_KINDS, type FilterKind } from './filter-kinds.ts'
import { SearchField } from './search-field.tsx'
import { SortControl } from './sort-control.tsx'
import type { BatchFilters } from './use-batch-filters.ts'

/** The filters in force as chips, the way to add one, the search for an id and the order. */
export function FilterBar({ filters }: { readonly filters: BatchFilters }) {
  return (
    <div className={styles.bar}>
      <FilterChips filters={filters} />
      <div className={styles.right}>
        <SearchField filters={filters} />
        <SortControl filters={filters} />
      </div>
    </div>
  )
}

/** The chips and "Add filter"; also in the sheet of a narrow screen. */
export function FilterChips({ filters }: { readonly filters: BatchFilters }) {
  const set = FILTER_KINDS.filter((kind) => describeFilter(kind, filters.values) !== null)
  return (
    <div className={styles.chips}>
      {set.map((kind) => (
        <FilterChip key={kind.key} kind={kind} filters={filters} />
      ))}
      <AddFilter filters={filters} />
      {set.length < 2 ? null : (
        <Button kind="plain" onClick={filters.clear}>
          Clear all
        </Button>
      )}
    </div>
  )
}

interface FilterChipProps {
  readonly kind: FilterKind
  readonly filters: BatchFilters
}

function FilterChip({ kind, filters }: FilterChipProps) {
  const [isOpen, setOpen] = useState(false)
  const facets = useQuery(facetsQuery({}))
  const text = describeFilter(kind, filters.values) ?? ''
  return (
    <span className={styles.chip}>
      <Popover opened={isOpen} onChange={setOpen} position="bottom-start" offset={6} trapFocus returnFocus>
        <Popover.Target>
          <button type="button" className={styles.chipText} onClick={() => setOpen((open) => !open)}>
            <span className={styles.chipName}>{kind.label}</span> {text}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <FilterEditor
            kind={kind}
            values={filters.values}
            facets={facets.data}
            onChange={filters.setFilters}
            onDone={() => setOpen(false)}
          />
        </Popover.Dropdown>
      </Popover>
      <button
        type="button"
        className={styles.chipRemove}
        aria-label={`Remove the filter ${kind.label} ${text}`}
        onClick={() =>
          filters.setFilters({ [kind.key]: null, ...(kind.key === 'tool' ? { tool_match: null } : {}) })
        }
      >
        <CloseIcon />
      </button>
    </span>
  )
}

function AddFilter({ filters }: { readonly filters: BatchFilters }) {
  const [isOpen, setOpen] = useState(false)
  const [kind, setKind] = useState<FilterKind | null>(null)
  const facets = useQuery(facetsQuery({}))
  const open = () => {
    setKind(null)
    setOpen(true)
  }
  useKeys('Batches', [{ keys: 'f', label: 'Add a filter', run: open }])
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" offset={6} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles.add} onClick={() => (isOpen ? setOpen(false) : open())}>
          Add filter <Kbd>F</Kbd>
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Add filter">
        {/* Of two panels in turn each takes the focus when it comes, else it would fall out of the popover. */}
        <FocusTrap key={kind?.key ?? 'kinds'}>
          <div>
            {kind === null ? (
              <KindList onPick={setKind} />
            ) : (
              <FilterEditor
                kind={kind}
                values={filters.values}
                facets={facets.data}
                onChange={filters.setFilters}
                onDone={() => setOpen(false)}
              />
            )}
          </div>
        </FocusTrap>
      </Popover.Dropdown>
    </Popover>
  )
}

function KindList({ onPick }: { readonly onPick: (kind: FilterKind) => void }) {
  return (
    <ul className={styles.kinds}>
      {FILTER_KINDS.map((kind) => (
        <li key={kind.key}>
          <button type="button" onClick={() => onPick(kind)}>
            {kind.label}
            <ChevronRightIcon />
          </button>
        </li>
      ))}
    </ul>
  )
}

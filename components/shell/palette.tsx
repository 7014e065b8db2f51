'use client'

import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { SearchIcon } from '#components/ui/icons.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import styles from './palette.module.css'
import { type PaletteEntry, usePaletteEntries } from './palette-entries.tsx'

const [paletteStore, palette] = createSpotlight()

export function openPalette(): void {
  palette.open()
}

/** Rows of one kind in an unfiltered palette: enough to see that the kind exists. */
const SHOWN_OF_KIND = 8

/** Goes to any page, batch or tool and runs any action, from two keys. */
export function Palette({ onShowKeys }: { readonly onShowKeys: () => void }) {
  const [search, setSearch] = useState('')
  const router = useRouter()
  const groups = usePaletteEntries(search, onShowKeys)
  const isEmpty = groups.every((group) => group.entries.length === 0)
  useFirstSelected(search, groups)

  const run = (entry: PaletteEntry) => {
    if (entry.href === undefined) entry.run?.()
    else router.push(entry.href)
  }

  return (
    <Spotlight.Root
      store={paletteStore}
      query={search}
      onQueryChange={setSearch}
      shortcut={['mod + K']}
      size={600}
      maxHeight={420}
      scrollable
      clearQueryOnClose
      overlayProps={{ blur: 0, backgroundOpacity: 0.5 }}
      classNames={{
        content: styles.content ?? '',
        search: styles.search ?? '',
        actionsGroup: styles.group ?? '',
      }}
    >
      <Spotlight.Search
        placeholder="Go to a page, batch or tool, or run an action"
        leftSection={<SearchIcon />}
        aria-label="Go to"
      />
      <Spotlight.ActionsList>
        {groups.map((group) =>
          group.entries.length === 0 ? null : (
            <Spotlight.ActionsGroup key={group.title} label={group.title}>
              {group.entries.slice(0, SHOWN_OF_KIND).map((entry) => (
                <Spotlight.Action key={entry.id} onClick={() => run(entry)} className={styles.action}>
                  <PaletteRow entry={entry} />
                </Spotlight.Action>
              ))}
            </Spotlight.ActionsGroup>
          ),
        )}
        {isEmpty ? <Spotlight.Empty>Nothing has this name or id</Spotlight.Empty> : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

/**
 * Marks the first row when none is, so that Enter runs it. Spotlight itself does so only at a keystroke, when
 * the batches that match are still on their way.
 */
function useFirstSelected(search: string, groups: ReturnType<typeof usePaletteEntries>): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows come and go with these
  useEffect(() => {
    const list = document.getElementById(paletteStore.getState().listId)
    if (search === '' || !list || list.querySelector('[data-selected]')) return
    list.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
    paletteStore.updateState((state) => ({ ...state, selected: 0 }))
  }, [search, groups])
}

function PaletteRow({ entry }: { readonly entry: PaletteEntry }) {
  return (
    <span className={styles.row}>
      <span className={styles.icon}>{entry.icon}</span>
      <span className={entry.isCode ? styles.code : styles.label}>{entry.label}</span>
      {entry.note === undefined ? null : <span className={styles.note}>{entry.note}</span>}
      {entry.keys === undefined ? null : (
        <span className={styles.keys}>
          {entry.keys.split(' ').map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
        </span>
      )}
    </span>
  )
}

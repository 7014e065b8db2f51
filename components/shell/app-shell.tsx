'use client'

import { useLocalStorage } from '@mantine/hooks'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { useLiveInvalidation } from '#components/query/use-live-stream.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { useKeys } from '#components/ui/use-keys.ts'
import styles from './app-shell.module.css'
import { KeysDialog } from './keys-dialog.tsx'
import { PAGES } from './pages.ts'
import { Palette } from './palette.tsx'
import { Rail } from './rail.tsx'
import { StorageStrip } from './storage-strip.tsx'
import { TabBar } from './tab-bar.tsx'
import { TopBar } from './top-bar.tsx'

/** The frame of every page: rail, top bar, palette, keys; one event stream for all of it. */
export function AppShell({ children }: { readonly children: ReactNode }) {
  const [isCollapsed, setCollapsed] = useLocalStorage({ key: 'parascope-rail-narrow', defaultValue: false })
  const [areKeysOpen, setKeysOpen] = useState(false)
  const router = useRouter()
  const link = useViewLink()
  const toggleRail = () => setCollapsed((collapsed) => !collapsed)
  useLiveInvalidation()
  const keys = [
    { keys: 'Ctrl+K', label: 'Go to page, batch, tool' },
    ...PAGES.map((page) => ({
      keys: page.keys,
      label: page.label,
      run: () => router.push(link(page.href)),
    })),
    { keys: '\\', label: 'Names in the rail', run: toggleRail },
    { keys: '?', label: 'These keys', run: () => setKeysOpen(true) },
  ]
  useKeys('Everywhere', keys, true)

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <Rail isCollapsed={isCollapsed} onToggle={toggleRail} />
      <div className={styles.column}>
        <TopBar onShowKeys={() => setKeysOpen(true)} />
        <StorageStrip />
        <main id="main" className={styles.main} tabIndex={-1}>
          {children}
        </main>
        <TabBar />
      </div>
      <Palette onShowKeys={() => setKeysOpen(true)} />
      <KeysDialog isOpen={areKeysOpen} onClose={() => setKeysOpen(false)} />
    </div>
  )
}

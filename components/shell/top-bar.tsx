'use client'

import { SearchIcon } from '#components/ui/icons.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { LiveControl } from './live-control.tsx'
import { openPalette } from './palette.tsx'
import { ThemeControl, ZoneControl } from './preference-controls.tsx'
import { RangeControl } from './range-control.tsx'
import { AgentControl, EnvironmentControl } from './scope-controls.tsx'
import styles from './top-bar.module.css'

/** What the page is about, and the ways elsewhere. On a narrow screen the page's own head has these. */
export function TopBar({ onShowKeys }: { readonly onShowKeys: () => void }) {
  return (
    <header className={styles.bar}>
      <EnvironmentControl />
      <AgentControl />
      <RangeControl />
      <LiveControl />
      <div className={styles.right}>
        <button
          type="button"
          className={styles.palette}
          onClick={openPalette}
          aria-keyshortcuts="Control+K Meta+K"
        >
          <SearchIcon />
          <span className={styles.paletteText}>Go to page, batch, tool</span>
          <Kbd>Ctrl K</Kbd>
        </button>
        <ZoneControl />
        <ThemeControl />
        <button type="button" className={styles.keys} onClick={onShowKeys} aria-label="Keys of this page">
          <Kbd>?</Kbd>
        </button>
      </div>
    </header>
  )
}

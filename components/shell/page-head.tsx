'use client'

import { Drawer } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useViewState } from '#components/query/use-view-state.ts'
import { Button } from '#components/ui/button.tsx'
import { SearchIcon } from '#components/ui/icons.tsx'
import { LiveControl } from './live-control.tsx'
import styles from './page-head.module.css'
import { openPalette } from './palette.tsx'
import { ThemeControl, ZoneControl } from './preference-controls.tsx'
import { RangeControl } from './range-control.tsx'
import { AgentControl, EnvironmentControl } from './scope-controls.tsx'

interface PageHeadProps {
  readonly title: string
  /** Beside the title: a count or a clause that answers the page's question. */
  readonly note?: ReactNode
  /** At the right end, on a wide screen only. */
  readonly actions?: ReactNode
  /** The page's own filters, for the sheet of a narrow screen, and how many are set. */
  readonly filters?: ReactNode
  readonly filterCount?: number
}

/** Title row of a page. On a narrow screen it also holds what the top bar holds on a wide one. */
export function PageHead({ title, note, actions, filters, filterCount = 0 }: PageHeadProps) {
  const [isOpen, setOpen] = useState(false)
  const { view } = useViewState()
  const count = filterCount + (view.environment.length > 0 ? 1 : 0) + (view.agent.length > 0 ? 1 : 0)
  return (
    <div className={styles.head}>
      <h1 className={styles.title}>{title}</h1>
      {note === undefined ? null : <span className={styles.note}>{note}</span>}
      <div className={styles.actions}>{actions}</div>
      <div className={styles.narrow}>
        <Button onClick={() => setOpen(true)} aria-haspopup="dialog">
          Filter{count === 0 ? '' : ` ${count}`}
        </Button>
        <RangeControl isShort />
      </div>
      <Drawer
        opened={isOpen}
        onClose={() => setOpen(false)}
        position="bottom"
        size="auto"
        title="This view"
        classNames={{ content: styles.drawer ?? '' }}
      >
        <div className={styles.sheet}>
          <div className={styles.sheetRow}>
            <EnvironmentControl />
            <AgentControl />
          </div>
          {filters}
          <div className={styles.sheetRow}>
            <LiveControl />
            <span className={styles.grow} />
            <ZoneControl />
            <ThemeControl />
          </div>
          <Button
            onClick={() => {
              setOpen(false)
              openPalette()
            }}
          >
            <SearchIcon />
            Go to page, batch, tool
          </Button>
        </div>
      </Drawer>
    </div>
  )
}

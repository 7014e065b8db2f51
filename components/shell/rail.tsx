'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { facetsQuery, modeQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { ModeGlyph } from '#components/ui/glyphs.tsx'
import { LogoMark, PanelIcon } from '#components/ui/icons.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { formatNoun } from '#lib/format/number.ts'
import { environmentModes } from './mode-now.ts'
import { OpenAlertCount } from './open-alert-count.tsx'
import { isCurrent, PAGES, type PageEntry } from './pages.ts'
import styles from './rail.module.css'

interface RailProps {
  readonly isCollapsed: boolean
  readonly onToggle: () => void
}

/** The pages, and at its foot the mode of each environment: the answer to "is it switched off?". */
export function Rail({ isCollapsed, onToggle }: RailProps) {
  return (
    <nav className={styles.rail} data-collapsed={isCollapsed || undefined} aria-label="Pages">
      <div className={styles.head}>
        <Link href="/" className={styles.brand} aria-label="Parascope, overview">
          <LogoMark />
          <span className={styles.name}>Parascope</span>
        </Link>
        <button
          type="button"
          className={styles.collapse}
          onClick={onToggle}
          title={`${isCollapsed ? 'Widen' : 'Narrow'} this bar (\\)`}
          aria-expanded={!isCollapsed}
          aria-label="Names in this bar"
        >
          <PanelIcon />
        </button>
      </div>
      <ul className={styles.pages}>
        {PAGES.map((page) => (
          <li key={page.href} data-setup={page.isSetup}>
            <RailLink page={page} />
          </li>
        ))}
      </ul>
      <ModeNow />
    </nav>
  )
}

function RailLink({ page }: { readonly page: PageEntry }) {
  const pathname = usePathname()
  const link = useViewLink()
  const Icon = page.icon
  return (
    <Link
      href={link(page.href)}
      className={styles.page}
      aria-current={isCurrent(page.href, pathname) ? 'page' : undefined}
      title={page.label}
    >
      <Icon />
      <span className={styles.name}>{page.label}</span>
      {page.count === 'open-alerts' ? <OpenAlertCount className={styles.count} /> : null}
    </Link>
  )
}

/** The rail has room for this many environments; the page of the mode has them all. */
const MODES_SHOWN = 6

function ModeNow() {
  const link = useViewLink()
  const nowMs = useNow(10_000)
  const mode = useQuery(modeQuery())
  const facets = useQuery(facetsQuery({}))
  if (!mode.data || !facets.data || nowMs === null) return null
  const modes = environmentModes(facets.data.environments, mode.data.rules, nowMs)
  if (modes.length === 0) return null
  return (
    <section className={styles.modes} aria-label="Mode now">
      <h2 className={styles.modesTitle}>Mode now</h2>
      {modes.slice(0, MODES_SHOWN).map(({ environment, mode: now, hasExceptions }) => (
        <Link
          key={environment}
          href={link('/mode')}
          className={styles.modeRow}
          title={`${environment}: ${now}${hasExceptions ? ', with exceptions' : ''}`}
        >
          <span className={styles.environment}>
            <MiddleTruncate text={environment} maxChars={17} />
            {hasExceptions ? <span className={styles.exceptions}>*</span> : null}
          </span>
          <ModeGlyph mode={now} />
        </Link>
      ))}
      {modes.length > MODES_SHOWN ? (
        <Link href={link('/mode')} className={styles.more}>
          {formatNoun(modes.length - MODES_SHOWN, 'more', 'more')}
        </Link>
      ) : null}
    </section>
  )
}

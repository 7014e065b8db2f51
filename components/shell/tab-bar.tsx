'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useViewLink } from '#components/query/use-view-state.ts'
import { OpenAlertCount } from './open-alert-count.tsx'
import { isCurrent, PAGES } from './pages.ts'
import styles from './tab-bar.module.css'

/** The pages at the foot of a narrow screen, within reach of a thumb. */
export function TabBar() {
  const pathname = usePathname()
  const link = useViewLink()
  return (
    <nav className={styles.bar} aria-label="Pages">
      {PAGES.filter((page) => !page.isRare).map((page) => (
        <Link
          key={page.href}
          href={link(page.href)}
          className={styles.tab}
          aria-current={isCurrent(page.href, pathname) ? 'page' : undefined}
        >
          <span>
            {page.short}
            {page.count === 'open-alerts' ? <OpenAlertCount className={styles.count} /> : null}
          </span>
        </Link>
      ))}
    </nav>
  )
}

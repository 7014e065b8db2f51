import type { ReactNode } from 'react'
import styles from './page-foot.module.css'

interface PageFootProps {
  /** At the left end, in a clause: how to read the page, or where one is in it. */
  readonly note: ReactNode
  /** At the right end: the keys of the page. */
  readonly children: ReactNode
}

/** The last line of a page, on a wide screen only. */
export function PageFoot({ note, children }: PageFootProps) {
  return (
    <footer className={styles.foot}>
      <span>{note}</span>
      <span className={styles.keys}>{children}</span>
    </footer>
  )
}

import styles from './page-head-space.module.css'

/** The title row of a page that is on its way. */
export function PageHeadSpace({ title }: { readonly title: string }) {
  return (
    <div className={styles.head}>
      <h1 className={styles.title}>{title}</h1>
    </div>
  )
}

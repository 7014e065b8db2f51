import layout from '#components/shell/page.module.css'
import { PageHead } from '#components/shell/page-head.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { EnvironmentsSkeleton } from './environment-list.tsx'
import styles from './mode-page.module.css'
import { PropagationSkeleton } from './propagation-panel.tsx'
import { SectionHead } from './section-head.tsx'

/** The page in its final geometry while the mode is on its way. */
export function ModeSkeleton() {
  return (
    <div className={layout.page}>
      <PageHead title="Parallel mode" />
      <div className={styles.scroll}>
        <PropagationSkeleton />
        <div className={styles.columns}>
          <div className={styles.main}>
            <section>
              <SectionHead id="environments" title="Environments" />
              <EnvironmentsSkeleton />
            </section>
          </div>
          <div className={styles.side}>
            <section>
              <SectionHead id="audit" title="Audit trail" />
              <SkeletonRows rows={5} widths={[20, '60%', 56]} label="Reading the audit trail" />
            </section>
          </div>
        </div>
      </div>
    </div>
  )
}

'use client'

import { PageHead } from '#components/shell/page-head.tsx'
import { ChannelsSection } from './channels-section.tsx'
import { SensitivitySection } from './sensitivity-section.tsx'
import styles from './settings-page.module.css'

/** Where alerts are told, and how readily they are raised. */
export function SettingsPage({ falseAlarms }: { readonly falseAlarms: number }) {
  return (
    <div className={styles.page}>
      <PageHead title="Settings" />
      <div className={styles.scroll}>
        <ChannelsSection />
        <SensitivitySection falseAlarms={falseAlarms} />
      </div>
    </div>
  )
}

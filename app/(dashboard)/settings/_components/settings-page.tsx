'use client'

import layout from '#components/shell/page.module.css'
import { PageHead } from '#components/shell/page-head.tsx'
import { ChannelsSection } from './channels-section.tsx'
import { SensitivitySection } from './sensitivity-section.tsx'

/** Where alerts are told, and how readily they are raised. */
export function SettingsPage({ falseAlarms }: { readonly falseAlarms: number }) {
  return (
    <div className={layout.page}>
      <PageHead title="Settings" />
      <div className={layout.scroll}>
        <ChannelsSection />
        <SensitivitySection falseAlarms={falseAlarms} />
      </div>
    </div>
  )
}

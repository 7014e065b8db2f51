'use client'

import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { ActionDialog } from '#components/alerts/actions/action-dialog.tsx'
import { useModeChange } from '#components/mode/change/use-mode-change.tsx'
import { useViewLink } from '#components/query/use-view-state.ts'
import layout from '#components/shell/page.module.css'
import { useKeys } from '#components/ui/use-keys.ts'
import { ACTION_LABELS, type ActionName, listActions } from '#lib/alerts/action-words.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import { ActionButtons } from './action-buttons.tsx'
import { AlertFigures } from './alert-figures.tsx'
import { AlertHead } from './alert-head.tsx'
import styles from './alert-view.module.css'
import { EvidencePanel } from './evidence-panel.tsx'
import { HistoryPanel } from './history-panel.tsx'
import { LeverPanel } from './lever-panel.tsx'
import { PairPanel } from './pair-panel.tsx'
import { RelatedPanel } from './related-panel.tsx'
import { RunbookPanel } from './runbook-panel.tsx'
import { DistributionPanel, SamplesPanel } from './sample-panels.tsx'
import { SuspectsPanel } from './suspects-panel.tsx'
import { VerdictPanel } from './verdict-panel.tsx'

interface AlertViewProps {
  readonly alert: AlertDetail
  /** Why the last read failed, above what an earlier one brought. */
  readonly failure: ReactNode
}

const ACTION_KEYS: Partial<Record<ActionName, string>> = {
  acknowledge: 'a',
  unacknowledge: 'a',
  silence: 's',
  unsilence: 's',
  resolve: 'r',
  reopen: 'r',
}

export function AlertView({ alert, failure }: AlertViewProps) {
  const router = useRouter()
  const link = useViewLink()
  const [action, setAction] = useState<ActionName | null>(null)
  const { propose, dialog } = useModeChange()
  const actions = listActions(alert.status)
  useKeys('Alert', [
    ...actions.map((name) => ({
      keys: ACTION_KEYS[name] ?? '',
      label: ACTION_LABELS[name].replace('\u2026', ''),
      run: () => setAction(name),
    })),
    { keys: 'n', label: 'Add a note', run: () => setAction('note') },
    { keys: 'Escape', label: 'All alerts', run: () => router.push(link('/alerts')) },
  ])
  return (
    <div className={`${layout.page} ${styles.page}`}>
      <div className={styles.panes}>
        <div className={styles.main}>
          <div className={styles.head}>
            <AlertHead alert={alert}>
              <ActionButtons actions={actions} keys={ACTION_KEYS} onAction={setAction} />
            </AlertHead>
            {failure}
            <AlertFigures alert={alert} />
          </div>
          <PairPanel alert={alert} />
          <div className={styles.split}>
            <EvidencePanel alert={alert} />
            <SuspectsPanel alert={alert} />
          </div>
          <div className={styles.halves}>
            <DistributionPanel alert={alert} />
            <SamplesPanel alert={alert} />
          </div>
          <RelatedPanel alert={alert} />
        </div>
        <aside className={styles.aside} aria-label="What to do">
          <VerdictPanel alert={alert} />
          <LeverPanel alert={alert} propose={propose} />
          <RunbookPanel alert={alert} />
          <HistoryPanel alert={alert} onNote={() => setAction('note')} />
        </aside>
      </div>
      <div className={styles.foot}>
        <ActionButtons actions={actions} keys={{}} onAction={setAction} />
      </div>
      <ActionDialog alert={alert} action={action} onClose={() => setAction(null)} />
      {dialog}
    </div>
  )
}

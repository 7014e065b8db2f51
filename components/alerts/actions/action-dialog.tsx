'use client'

import { Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useRef } from 'react'
import { useMoment } from '#components/mode/use-moment.ts'
import { describeError } from '#components/query/fetch-json.ts'
import { Button } from '#components/ui/button.tsx'
import { ACTION_LABELS, type ActionName, describeDone, undoOf } from '#lib/alerts/action-words.ts'
import type { AlertAction, AlertDetail } from '#lib/contract/alerts.ts'
import styles from './action-dialog.module.css'
import { ActionForm } from './action-form.tsx'
import { useAlertWrite } from './use-alert-write.ts'

interface ActionDialogProps {
  readonly alert: AlertDetail
  /** Null while closed. */
  readonly action: ActionName | null
  readonly onClose: () => void
}

const NOTICE_ID = 'alert-written'
const NOTICE_MS = 15_000
const NOTICE_CLASSES = {
  root: styles.notice ?? '',
  title: styles.noticeTitle ?? '',
  description: styles.noticeText ?? '',
}

/** Says what an action touches, does it on confirmation, and then tells of it with a way back. */
export function ActionDialog({ alert, action, onClose }: ActionDialogProps) {
  const moment = useMoment()
  const before = useRef(alert)
  useEffect(() => {
    if (action === null) before.current = alert
  })
  const undo = useAlertWrite(alert.id, (_now, done) => tell(done, 'Taken back: ', null))
  const write = useAlertWrite(alert.id, (_now, done) => {
    onClose()
    tell(done, '', undoOf(done.action, before.current, Date.now()))
  })

  const tell = (done: AlertAction, prefix: string, back: AlertAction | null) => {
    const until = done.action === 'silence' ? `until ${moment(done.until)}` : ''
    const text = describeDone(done.action, until)
    notifications.hide(NOTICE_ID)
    notifications.show({
      id: NOTICE_ID,
      autoClose: NOTICE_MS,
      classNames: NOTICE_CLASSES,
      title: prefix === '' ? text : `${prefix}${text.charAt(0).toLowerCase()}${text.slice(1)}`,
      message: (
        <div className={styles.told}>
          <span>It stands in the history of the alert.</span>
          {back === null ? null : (
            <Button
              onClick={() => {
                notifications.hide(NOTICE_ID)
                undo.mutate(back, { onError: tellFailure })
              }}
            >
              Undo
            </Button>
          )}
        </div>
      ),
    })
  }

  return (
    <Modal
      opened={action !== null}
      onClose={() => {
        write.reset()
        onClose()
      }}
      title={action === null ? '' : ACTION_LABELS[action].replace('\u2026', '')}
      size={480}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ inner: styles.inner ?? '', content: styles.content ?? '' }}
    >
      {action === null ? null : (
        <ActionForm
          alert={alert}
          action={action}
          isPending={write.isPending}
          error={write.error === null ? null : describeError(write.error)}
          onCancel={onClose}
          onSubmit={(asked) => write.mutate(asked)}
        />
      )}
    </Modal>
  )
}

function tellFailure(error: unknown) {
  notifications.show({ title: 'Not taken back', message: describeError(error) })
}

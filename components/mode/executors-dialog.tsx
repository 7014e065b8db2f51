'use client'

import { Modal } from '@mantine/core'
import { Duration } from '#components/ui/duration.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import type { ExecutorProgress, Propagation } from '#lib/flags/propagation.ts'
import { formatCount, formatNoun } from '#lib/format/number.ts'
import { formatAge } from '#lib/format/time.ts'
import { StandingMark } from './executor-cells.tsx'
import { STANDING_WORDS, shortExecutorId } from './executor-words.ts'
import styles from './executors-dialog.module.css'

interface ExecutorsDialogProps {
  readonly isOpen: boolean
  readonly propagation: Propagation
  readonly onClose: () => void
}

/** Enough to find one by eye; the API has them all. */
const SHOWN = 500
const ORDER = { pending: 0, lost: 1, applied: 2 } as const

/** The table behind the cells: those that are late first. */
export function ExecutorsDialog({ isOpen, propagation, onClose }: ExecutorsDialogProps) {
  const { revision, executors } = propagation
  const rows = [...executors].sort((a, b) => ORDER[a.standing] - ORDER[b.standing]).slice(0, SHOWN)
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size={760}
      centered
      title={`${formatNoun(executors.length, 'executor', 'executors')}, revision ${formatCount(revision)}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Executor</th>
              <th scope="col">Agent</th>
              <th scope="col">Environment</th>
              <th scope="col">State</th>
              <th scope="col" data-number>
                Revision
              </th>
              <th scope="col" data-number>
                Applied after
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.executor.executor_id} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {executors.length > SHOWN ? (
        <p className={styles.rest}>
          The first {SHOWN} of {formatCount(executors.length)}; all of them are at /api/v1/mode/executors.
        </p>
      ) : null}
    </Modal>
  )
}

function Row({ row: { executor, standing, durationMs } }: { readonly row: ExecutorProgress }) {
  return (
    <tr>
      <td className={styles.id} title={executor.executor_id}>
        {shortExecutorId(executor.executor_id)}
      </td>
      <td className={styles.id}>
        <MiddleTruncate text={executor.agent} maxChars={26} />
      </td>
      <td>
        <MiddleTruncate text={executor.environment} maxChars={18} />
      </td>
      <td>
        <span className={styles.state}>
          <StandingMark standing={standing} />
          {standing === 'lost' && durationMs !== null
            ? `lost, heard ${formatAge(durationMs)}`
            : STANDING_WORDS[standing]}
        </span>
      </td>
      <td data-number>{executor.applied_revision ?? 'none'}</td>
      <td data-number>{standing === 'applied' ? <Duration ms={durationMs} none="on connecting" /> : null}</td>
    </tr>
  )
}

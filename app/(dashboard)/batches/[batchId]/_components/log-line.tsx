import { CopyButton } from '#components/ui/copy-button.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { formatLogLine } from '#lib/timeline/log-line.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import styles from './log-line.module.css'

interface LogLineProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
}

/** The batch as one line for a log, an issue or a chat. */
export function LogLine({ batch, prepared }: LogLineProps) {
  const line = formatLogLine(batch, prepared.outcomes)
  return (
    <div className={styles.line}>
      <span className={styles.label}>Log line</span>
      <code className={styles.text} title={line}>
        {line}
      </code>
      <CopyButton text={line} label="Copy the log line" />
    </div>
  )
}

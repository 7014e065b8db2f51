'use client'

import { useLiveState } from '#components/query/use-live-stream.ts'
import { useViewState } from '#components/query/use-view-state.ts'
import { Switch } from '#components/ui/switch.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { formatWhole } from '#lib/format/time.ts'
import styles from './controls.module.css'

/** Follows the tail when on; beside it, for how long the stream has been lost. */
export function LiveControl() {
  const { view, setLive } = useViewState()
  const stream = useLiveState()
  const nowMs = useNow(1000)
  const isLost = stream.status === 'lost' && nowMs !== null
  return (
    <>
      <Switch
        checked={view.live}
        onChange={setLive}
        label="Live"
        title="Show new batches as they come, while you are at the top of the list"
      />
      {isLost ? (
        <span className={styles.lost} role="status">
          stream lost {formatWhole(Math.max(0, nowMs - stream.sinceMs))}, trying again
        </span>
      ) : null}
    </>
  )
}

'use client'

import { useLiveState } from '#components/query/use-live-stream.ts'
import { ArrowUpIcon } from '#components/ui/icons.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { formatCount } from '#lib/format/number.ts'
import { formatMoment } from '#lib/format/time.ts'
import styles from './news-strip.module.css'
import type { BatchNews } from './use-batch-list.ts'

interface NewsStripProps {
  readonly news: BatchNews
  /** Start of the newest row shown; null when there is none. */
  readonly newestMs: number | null
  readonly isFollowing: boolean
  readonly onShow: () => void
  /** What the rows are. */
  readonly subject?: string
}

/**
 * Announces what has come and moves nothing. It keeps its place whether or not there is news, and says when
 * the stream is lost.
 */
export function NewsStrip(props: NewsStripProps) {
  const { news, newestMs, isFollowing, onShow, subject = 'batches' } = props
  const count = `${formatCount(news.count)}${news.isAtLeast ? '+' : ''}`
  return (
    <div className={styles.strip}>
      {/* Only the count is announced: the rest of the strip would repeat itself with every batch. */}
      <span role="status" className={styles.status}>
        {news.count === 0 ? (
          <span className={styles.text}>{isFollowing ? `Following new ${subject}` : 'Up to date'}</span>
        ) : (
          <button type="button" className={styles.pill} onClick={onShow}>
            <ArrowUpIcon />
            {count} new
          </button>
        )}
      </span>
      {news.count === 0 ? null : (
        <>
          <span className={styles.text}>
            <SinceText newestMs={newestMs} />
            {failingText(news)}
            <span className={styles.wide}>{news.failing === 0 ? '' : '; '}nothing moves until you press</span>
          </span>
          <span className={styles.wide}>
            <Kbd>.</Kbd>
          </span>
        </>
      )}
      <StreamText newestMs={newestMs} />
    </div>
  )
}

function failingText({ failing }: BatchNews): string {
  if (failing === 0) return ''
  return `${failing === 1 ? 'one' : formatCount(failing)} failing`
}

function SinceText({ newestMs }: { readonly newestMs: number | null }) {
  const { zone } = useTimeZone()
  const nowMs = useNow(60_000)
  if (newestMs === null || nowMs === null) return null
  return <span className={styles.wide}>since {formatMoment(newestMs, zone, nowMs)}; </span>
}

function StreamText({ newestMs }: { readonly newestMs: number | null }) {
  const { zone } = useTimeZone()
  const { status, sinceMs } = useLiveState()
  if (status === 'connected') return <span className={styles.stream}>stream connected</span>
  if (status === 'connecting') return <span className={styles.stream}>connecting to the stream</span>
  const last =
    newestMs === null ? '' : `; the newest row here is from ${formatMoment(newestMs, zone, sinceMs)}`
  return (
    <span className={styles.stream} data-lost>
      stream lost since {formatMoment(sinceMs, zone, sinceMs)}
      <span className={styles.wide}>{last}</span>
    </span>
  )
}

'use client'

import { useRouter } from 'next/navigation'
import type { BatchContext } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import styles from './signature-strip.module.css'
import { useNeighbourLink } from './use-batch-view.ts'

interface SignatureStripProps {
  readonly batchId: string
  readonly recent: BatchContext['recent_same_signature']
}

const HEIGHT = 34
const INSET = 5

/** Wall times of the newest batches with the same tools, oldest left, this one marked. */
export function SignatureStrip({ batchId, recent }: SignatureStripProps) {
  const router = useRouter()
  const linkTo = useNeighbourLink()
  const dots = recent.toSorted((a, b) => a.started_at - b.started_at)
  const others = dots.filter((dot) => dot.batch_id !== batchId)
  if (others.length === 0) {
    return (
      <div className={styles.panel}>
        <span className={styles.title}>Same signature</span>
        <span className={styles.note}>no other batch had these tools yet</span>
      </div>
    )
  }
  const highest = Math.max(...dots.map((dot) => dot.wall_ms), 0.001)
  const walls = others.map((dot) => dot.wall_ms).sort((a, b) => a - b)
  const median = walls[Math.floor((walls.length - 1) / 2)] ?? 0
  return (
    <div>
      <div className={styles.panel}>
        <span className={styles.title}>Same signature</span>
        <span className={styles.note}>
          wall of the last {formatNoun(dots.length, 'batch', 'batches')}, this one marked; median{' '}
          {formatDuration(median)}
        </span>
      </div>
      <svg className={styles.strip} height={HEIGHT} role="img" aria-label={describe(dots, batchId, median)}>
        {dots.map((dot, index) => {
          const own = dot.batch_id === batchId
          const x = dots.length === 1 ? 50 : 1 + (index / (dots.length - 1)) * 98
          const y = HEIGHT - INSET - (dot.wall_ms / highest) * (HEIGHT - 2 * INSET)
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the pointer; the list has these batches for keys
            <g
              key={dot.batch_id}
              className={styles.dot}
              onClick={() => own || router.push(linkTo(dot.batch_id))}
            >
              <title>{`${dot.batch_id}: ${formatDuration(dot.wall_ms)}`}</title>
              <circle cx={`${x}%`} cy={y} r="6" fill="transparent" />
              <circle cx={`${x}%`} cy={y} r={own ? 4 : 2} data-own={own || undefined} />
            </g>
          )
        })}
      </svg>
    </div>
  )
}

function describe(dots: SignatureStripProps['recent'], batchId: string, median: number): string {
  const own = dots.find((dot) => dot.batch_id === batchId)
  const this_ = own ? `this one ${formatDuration(own.wall_ms)}` : 'this one is older'
  return `wall times of ${dots.length} batches with the same tools: median ${formatDuration(median)}, ${this_}`
}

'use client'

import { Tooltip } from '@mantine/core'
import Link from 'next/link'
import { Timestamp } from '#components/ui/timestamp.tsx'
import { type Flag, leadingMarker, type PlaceTime, prepareFlags } from '#lib/charts/markers.ts'
import type { Marker } from '#lib/contract/markers.ts'
import { formatNoun } from '#lib/format/number.ts'
import { MarkerGlyph } from './marker-glyph.tsx'
import styles from './marker-layer.module.css'

/** Changes to mark on a chart whose axis is time, and where each leads. */
export interface ChartMarkers {
  readonly markers: readonly Marker[]
  readonly hrefOf: (marker: Marker) => string
}

interface MarkerLayerProps extends ChartMarkers {
  readonly place: PlaceTime
  /** The plot in its frame, px. */
  readonly leftPx: number
  readonly topPx: number
  readonly widthPx: number
  readonly heightPx: number
}

const FLAG_GAP_PX = 14
const CHAR_PX = 6.3
const GLYPH_PX = 16
const LABEL_CHARS = 22
/** As many of one flag as are told before the rest are counted. */
const TOLD = 8

/** Versions, models, mode changes and alerts as flags over a plot; each says what it was and leads there. */
export function MarkerLayer(props: MarkerLayerProps) {
  const { markers, place, leftPx, topPx, widthPx, heightPx, hrefOf } = props
  const flags = prepareFlags(markers, place, {
    widthPx,
    gapPx: FLAG_GAP_PX,
    charPx: CHAR_PX,
    glyphPx: GLYPH_PX,
    maxChars: LABEL_CHARS,
  })
  if (flags.length === 0) return null
  return (
    <div className={styles.layer} style={{ left: leftPx, top: topPx, width: widthPx, height: heightPx }}>
      {flags.map((flag) => (
        <FlagMark key={`${flag.markers[0].at} ${flag.markers[0].label}`} flag={flag} hrefOf={hrefOf} />
      ))}
    </div>
  )
}

interface FlagMarkProps {
  readonly flag: Flag
  readonly hrefOf: (marker: Marker) => string
}

const LINES: Record<Marker['kind'], string> = {
  version: 'solid',
  model: 'solid',
  mode: 'dotted',
  alert: 'none',
}

function FlagMark({ flag, hrefOf }: FlagMarkProps) {
  const { x, markers, label, isLeft } = flag
  const first = leadingMarker(markers)
  return (
    <div className={styles.flag} data-line={LINES[first.kind]} style={{ left: x }}>
      <Tooltip label={<FlagTip flag={flag} />} classNames={{ tooltip: styles.tip ?? '' }} openDelay={120}>
        <Link
          href={hrefOf(first)}
          prefetch={false}
          className={styles.head}
          data-left={isLeft || undefined}
          aria-label={markers.map((marker) => `${marker.kind} ${marker.label}`).join('; ')}
        >
          <MarkerGlyph marker={first} />
          {label === null ? null : (
            <span className={styles.label} data-kind={first.kind}>
              {label}
            </span>
          )}
        </Link>
      </Tooltip>
    </div>
  )
}

function FlagTip({ flag: { markers } }: Pick<FlagMarkProps, 'flag'>) {
  const rest = markers.length - TOLD
  return (
    <ul className={styles.told}>
      {markers.slice(0, TOLD).map((marker) => (
        <li key={`${marker.at} ${marker.label}`}>
          <MarkerGlyph marker={marker} />
          <span className={styles.what}>{marker.label}</span>
          <Timestamp epochMs={marker.at} nowMs={null} full />
        </li>
      ))}
      {rest > 0 ? <li>and {formatNoun(rest, 'more', 'more')}</li> : null}
    </ul>
  )
}

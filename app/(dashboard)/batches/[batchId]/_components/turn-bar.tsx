import { HATCH } from '#components/ui/hatches.tsx'
import { formatDuration } from '#lib/format/duration.ts'
import type { TurnPart, TurnPartKind, TurnParts } from '#lib/timeline/turn-parts.ts'
import styles from './turn-bar.module.css'

const WORDS: Record<TurnPartKind, string> = {
  model: 'model',
  waiting: 'waiting',
  tools: 'tools',
  alone: 'alone',
  idle: 'idle',
}

/** Words about less than this would push those that matter out of their place. */
const SLIGHT_SHARE = 0.01

/** The turn's time as one bar that adds up, labelled under its parts as nearly as the words have room. */
export function TurnBar({ turn }: { readonly turn: TurnParts }) {
  return (
    <div className={styles.turn}>
      <div className={styles.bar} aria-hidden="true">
        {turn.parts.map((part) => (
          <Ink key={part.kind} part={part} share={part.us / turn.totalUs} />
        ))}
      </div>
      <ul className={styles.labels} aria-label="Where the time of the turn went">
        {turn.parts.map((part) => (
          <li
            key={part.kind}
            data-kind={part.kind}
            data-slight={part.us < turn.totalUs * SLIGHT_SHARE || undefined}
            style={{ flexGrow: part.us / turn.totalUs }}
          >
            {WORDS[part.kind]} <span className={styles.value}>{formatDuration(part.us / 1000)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Ink({ part, share }: { readonly part: TurnPart; readonly share: number }) {
  return (
    <span
      className={styles.ink}
      data-kind={part.kind}
      style={{ flexGrow: share }}
      title={`${WORDS[part.kind]} ${formatDuration(part.us / 1000)}`}
    >
      {part.kind === 'waiting' ? (
        <svg width="100%" height="100%" aria-hidden="true">
          <rect width="100%" height="100%" fill={`url(#${HATCH.dispatch})`} />
        </svg>
      ) : null}
    </span>
  )
}

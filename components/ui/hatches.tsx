/** Ids of the shared SVG patterns: `fill={`url(#${HATCH.queued})`}`. */
export const HATCH = {
  /** Waiting that the intent demands: sparse. */
  queued: 'hatch-queued',
  /** Waiting that nobody asked for: dense and in ink. */
  dispatch: 'hatch-dispatch',
  /** A sample drawn over another one. */
  compare: 'hatch-compare',
} as const

/**
 * The pattern definitions, once a page. A pattern takes its colours from where it is defined, so this sits
 * inside the themed root and follows the theme by itself.
 */
export function Hatches() {
  return (
    <svg width="0" height="0" aria-hidden="true" style={{ position: 'absolute' }}>
      <defs>
        <pattern
          id={HATCH.queued}
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line x1="0.5" y1="0" x2="0.5" y2="6" stroke="var(--wait)" strokeWidth="1" />
        </pattern>
        <pattern
          id={HATCH.dispatch}
          width="3"
          height="3"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line x1="0.6" y1="0" x2="0.6" y2="3" stroke="var(--ink-1)" strokeWidth="1.2" />
        </pattern>
        <pattern
          id={HATCH.compare}
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line x1="0.5" y1="0" x2="0.5" y2="5" stroke="var(--cmp-b)" strokeWidth="1" />
        </pattern>
      </defs>
    </svg>
  )
}

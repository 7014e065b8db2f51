import type { ReactNode } from 'react'
import { HATCH } from '#components/ui/hatches.tsx'
import styles from './pattern-key.module.css'

/** What the patterns mean, where no direct label fits. Only patterns that this picture uses are listed. */
export function PatternKey({ used }: { readonly used: ReadonlySet<PatternName> }) {
  return (
    <ul className={styles.key} aria-label="Patterns">
      {PATTERNS.filter((pattern) => used.has(pattern.name)).map(({ name, swatch }) => (
        <li key={name}>
          <svg width="16" height="10" aria-hidden="true">
            {swatch}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  )
}

export type PatternName =
  | 'queued by intent'
  | 'dispatch delay'
  | 'ideal schedule'
  | 'tool p50 to p95'
  | 'attempt, replaced'
  | 'ran alone'
  | 'median of a fold'

const hatched = (id: string, edge: string): ReactNode => (
  <>
    <rect y="1" width="16" height="8" fill={`url(#${id})`} />
    <path d="M0 1.5h16M0 8.5h16" stroke={edge} />
  </>
)

const PATTERNS: readonly { readonly name: PatternName; readonly swatch: ReactNode }[] = [
  { name: 'queued by intent', swatch: hatched(HATCH.queued, 'var(--line-3)') },
  { name: 'dispatch delay', swatch: hatched(HATCH.dispatch, 'var(--ink-2)') },
  {
    name: 'ideal schedule',
    swatch: <rect x="0.5" y="3.5" width="15" height="3" fill="none" stroke="var(--line-3)" />,
  },
  {
    name: 'tool p50 to p95',
    swatch: (
      <>
        <rect width="16" height="10" fill="var(--band)" />
        <path d="M0.5 0v10" stroke="var(--band-edge)" />
        <path d="M15.5 0v10" stroke="var(--band-edge)" strokeDasharray="2 2" />
      </>
    ),
  },
  {
    name: 'attempt, replaced',
    swatch: <rect x="0.5" y="1.5" width="15" height="7" rx="1.5" fill="none" stroke="var(--line-3)" />,
  },
  {
    name: 'ran alone',
    swatch: <rect x="0.5" y="1.5" width="15" height="7" fill="var(--slow-wash)" stroke="var(--slow)" />,
  },
  {
    name: 'median of a fold',
    swatch: (
      <>
        <rect x="0.5" y="1.5" width="15" height="7" fill="none" stroke="var(--line-3)" />
        <path d="M8 0v10" stroke="var(--ink-1)" strokeWidth="2" />
      </>
    ),
  },
]

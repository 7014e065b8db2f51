'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { modeQuery, toolsQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { buttonClass } from '#components/ui/button.tsx'
import { ModeGlyph } from '#components/ui/glyphs.tsx'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import styles from './unknown-effects.module.css'

const SHOWN = 4

/** What reads-only means for the tools that nobody has declared; only where a rule uses it. */
export function UnknownEffects() {
  const link = useViewLink()
  const mode = useQuery(modeQuery())
  const isUsed = mode.data?.rules.some((rule) => rule.mode === 'reads-only') ?? false
  const tools = useQuery({ ...toolsQuery({ range: '7d' }), enabled: isUsed })
  if (!isUsed) return null
  const unknown = tools.data?.tools.filter((tool) => tool.effect === 'unknown') ?? []
  return (
    <div className={styles.note}>
      <ModeGlyph mode="reads-only" label={null} />
      <p>
        <strong>reads-only</strong> lets reads overlap and runs writes and unknown tools alone, in order.
        {unknown.length === 0 ? null : (
          <>
            {' '}
            {formatNoun(unknown.length, 'tool has', 'tools have')} an unknown effect and{' '}
            {unknown.length === 1 ? 'counts as a write' : 'count as writes'}:{' '}
            <span className={styles.tools}>
              {unknown
                .slice(0, SHOWN)
                .map(({ tool }) => middleTruncate(tool, 30))
                .join(', ')}
            </span>
            {unknown.length > SHOWN ? ` and ${unknown.length - SHOWN} more` : ''}.
          </>
        )}
      </p>
      {unknown.length === 0 ? null : (
        <Link href={link('/connect', { way: 'executor' })} className={buttonClass()}>
          How to declare
        </Link>
      )}
    </div>
  )
}

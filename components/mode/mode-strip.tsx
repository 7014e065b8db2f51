'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { describeError } from '#components/query/fetch-json.ts'
import { executorsQuery, facetsQuery, modeQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { buttonClass } from '#components/ui/button.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { ModeGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { ModeChip } from '#components/ui/mode-chip.tsx'
import { SkeletonBar } from '#components/ui/skeleton.tsx'
import { useNow } from '#components/ui/use-now.ts'
import styles from './mode-strip.module.css'
import { describeEnvironments, type EnvironmentState } from './mode-strip-model.ts'
import { SerialNowDialog } from './serial-now-dialog.tsx'

/** The strip has room for this many environments; the page of the mode has them all. */
const SHOWN = 6

/** The mode of each environment with the switch beside it. */
export function ModeStrip() {
  const mode = useQuery(modeQuery())
  const facets = useQuery(facetsQuery({}))
  const executors = useQuery(executorsQuery())
  const nowMs = useNow(10_000)
  const [asked, setAsked] = useState<string | null>(null)
  const failure = mode.error ? (
    <ErrorStrip
      what="The mode could not be read"
      cause={describeError(mode.error)}
      meanwhile={mode.data ? 'what is below may have been changed since' : undefined}
      onRetry={() => void mode.refetch()}
    />
  ) : null
  if (failure !== null && !mode.data) return failure
  if (!mode.data || !facets.data) return <StripSkeleton />
  const states = describeEnvironments(
    facets.data.environments,
    mode.data,
    executors.data?.executors ?? null,
    nowMs ?? mode.dataUpdatedAt,
  )
  if (states.length === 0) return null
  return (
    <>
      {failure}
      <section className={styles.strip} aria-label="Mode of each environment">
        {states.slice(0, SHOWN).map((state) => (
          <Environment key={state.environment} state={state} onSerial={() => setAsked(state.environment)} />
        ))}
        {states.length > SHOWN ? <MoreEnvironments count={states.length - SHOWN} /> : null}
      </section>
      <SerialNowDialog environment={asked} onClose={() => setAsked(null)} />
    </>
  )
}

interface EnvironmentProps {
  readonly state: EnvironmentState
  readonly onSerial: () => void
}

function Environment({ state, onSerial }: EnvironmentProps) {
  const link = useViewLink()
  const { environment, mode, note, hasExceptions } = state
  return (
    <div className={styles.environment}>
      <div className={styles.words}>
        <h2 className={styles.name}>
          <MiddleTruncate text={environment} maxChars={24} />
        </h2>
        <p className={styles.note}>
          {note}
          {hasExceptions ? (
            <Link href={link('/mode')} className={styles.exceptions}>
              {note === '' ? 'with exceptions' : ', with exceptions'}
            </Link>
          ) : null}
        </p>
      </div>
      <ModeChip mode={mode} />
      {mode === 'serial' ? (
        <Link href={link('/mode')} className={buttonClass()} aria-label={`Loosen ${environment}`}>
          Loosen…
        </Link>
      ) : (
        <button
          type="button"
          className={styles.serial}
          aria-haspopup="dialog"
          aria-label={`Serial now: ${environment}`}
          onClick={onSerial}
        >
          <ModeGlyph mode="serial" label={null} />
          Serial now
        </button>
      )}
    </div>
  )
}

function MoreEnvironments({ count }: { readonly count: number }) {
  const link = useViewLink()
  return (
    <div className={styles.environment}>
      <Link href={link('/mode')} className={buttonClass()} data-kind="plain">
        {count} more
      </Link>
    </div>
  )
}

function StripSkeleton() {
  return (
    <div className={styles.strip} role="status" aria-label="Reading the mode">
      {[0, 1].map((index) => (
        <div key={index} className={styles.environment}>
          <div className={styles.words}>
            <SkeletonBar width={96} />
          </div>
          <SkeletonBar width={160} height={20} />
        </div>
      ))}
    </div>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { SectionHead } from '#components/mode/section-head.tsx'
import { otlpReceiptQuery } from '#components/query/queries.ts'
import { Button } from '#components/ui/button.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { OtlpReceipt } from '#lib/contract/otlp.ts'
import { formatCount, formatNoun } from '#lib/format/number.ts'
import { formatAge } from '#lib/format/time.ts'
import styles from './span-receipt.module.css'

/** Spans that become no batch are told by no event: the counters are asked. */
const ASK_MS = 3_000
const SHOWN_KINDS = 4
/** More names than this are those of every dialect, one for each. */
const FEW_NAMES = 3
/** What most instrumentations write. */
const CONVENTION = 'gen_ai.operation.name'

/** The receipt of exported spans, as it is now and as it was when the page was opened. */
export function useSpanReceipt(): { readonly now: OtlpReceipt | null; readonly since: number } {
  const { data } = useQuery({ ...otlpReceiptQuery(), refetchInterval: ASK_MS })
  const [first, setFirst] = useState<number | null>(null)
  if (data && first === null) setFirst(data.spans)
  return { now: data ?? null, since: data && first !== null ? data.spans - first : 0 }
}

/** Which spans came, how they were read, and what those that could not be read leave out. */
export function SpanReceipt() {
  const { now } = useSpanReceipt()
  if (now === null) return null
  return (
    <section aria-labelledby="spans">
      <SectionHead id="spans" title="Spans that came" note={describeTotals(now)} />
      {now.spans === 0 ? (
        <p className={styles.empty}>None yet: no exporter has reached this server.</p>
      ) : (
        <>
          <Dialects dialects={now.dialects} />
          <Unrecognised kinds={now.unrecognised} />
        </>
      )}
    </section>
  )
}

function describeTotals({ spans, duplicates, rejected, late }: OtlpReceipt): string {
  const parts = [formatNoun(spans, 'span', 'spans')]
  if (duplicates > 0) parts.push(`${formatCount(duplicates)} sent again`)
  if (rejected > 0) parts.push(`${formatCount(rejected)} broken`)
  if (late > 0) parts.push(`${formatCount(late)} too late`)
  return parts.join(', ')
}

function Dialects({ dialects }: { readonly dialects: OtlpReceipt['dialects'] }) {
  const nowMs = useNow(1000)
  if (dialects.length === 0) return null
  return (
    <ul className={styles.list} aria-label="Dialects that were read">
      {dialects.map(({ dialect, spans, last_seen_at: at }) => (
        <li key={dialect} className={styles.row}>
          <code>{dialect}</code>
          <span className={styles.count}>{formatCount(spans)}</span>
          <span className={styles.age}>{nowMs === null ? '' : formatAge(Math.max(0, nowMs - at))}</span>
        </li>
      ))}
    </ul>
  )
}

/** First those that a dialect knows and that lack a name: to them something can be added. */
function Unrecognised({ kinds }: { readonly kinds: OtlpReceipt['unrecognised'] }) {
  const [isOpen, setOpen] = useState(false)
  if (kinds.length === 0) return null
  const sorted = kinds.toSorted((a, b) => Number(isForeign(a)) - Number(isForeign(b)))
  const shown = isOpen ? sorted : sorted.slice(0, SHOWN_KINDS)
  const total = kinds.reduce((sum, { spans }) => sum + spans, 0)
  return (
    <div className={styles.unread}>
      <h3 className={styles.subtitle}>
        Not recognised <span>{formatNoun(total, 'span', 'spans')}; they cost a batch nothing</span>
      </h3>
      <ul className={styles.list} aria-label="Spans that were not recognised">
        {shown.map((kind) => (
          <Kind key={`${kind.scope} ${kind.span_name}`} kind={kind} />
        ))}
      </ul>
      {kinds.length > SHOWN_KINDS ? (
        <Button kind="plain" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {isOpen ? 'Show fewer' : `Show all ${kinds.length} kinds`}
        </Button>
      ) : null}
    </div>
  )
}

function Kind({ kind }: { readonly kind: OtlpReceipt['unrecognised'][number] }) {
  const nowMs = useNow(1000)
  const { span_name: name, scope, missing, spans, last_seen_at: at } = kind
  return (
    <li className={styles.kind}>
      <span className={styles.name}>
        <MiddleTruncate text={name} maxChars={34} />
      </span>
      <span className={styles.count}>{formatCount(spans)}</span>
      <span className={styles.age}>{nowMs === null ? '' : formatAge(Math.max(0, nowMs - at))}</span>
      <span className={styles.why}>
        {isForeign(kind) ? (
          <span title={`Any of these would have told how to read it: ${missing.join(', ')}`}>
            has no <code>{missing.includes(CONVENTION) ? CONVENTION : missing[0]}</code>, nor any of{' '}
            {missing.length - 1} others
          </span>
        ) : (
          <>
            lacks{' '}
            {missing.map((attribute, i) => (
              <span key={attribute}>
                {i === 0 ? '' : ' or '}
                <code>{attribute}</code>
              </span>
            ))}
          </>
        )}
        {scope === '' ? null : (
          <>
            {' '}
            · from <MiddleTruncate text={scope} maxChars={40} />
          </>
        )}
      </span>
    </li>
  )
}

function isForeign({ missing }: OtlpReceipt['unrecognised'][number]): boolean {
  return missing.length > FEW_NAMES
}

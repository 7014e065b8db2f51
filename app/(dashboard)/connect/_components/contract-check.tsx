'use client'

import { useDeferredValue, useId, useState } from 'react'
import { SectionHead } from '#components/mode/section-head.tsx'
import { ErrorGlyph } from '#components/ui/glyphs.tsx'
import { CheckIcon } from '#components/ui/icons.tsx'
import { formatNoun } from '#lib/format/number.ts'
import { type BodyVerdict, checkBody } from './check-body.ts'
import styles from './contract-check.module.css'

const FAULTS_SHOWN = 12

/** Says why a body would be refused, here in the browser, without storing anything. */
export function ContractCheck() {
  const id = useId()
  const [text, setText] = useState('')
  const verdict = checkBody(useDeferredValue(text))
  return (
    <section aria-labelledby="check">
      <SectionHead id="check" title="Why was it refused?" note="checked here, nothing is sent" />
      <label className={styles.label} htmlFor={id}>
        Paste the body that you post
      </label>
      <textarea
        id={id}
        className={styles.text}
        rows={4}
        spellCheck={false}
        placeholder={'{"batches":[{"batch_id":"…","agent":"…","started_at":1790813256864,"calls":[…]}]}'}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div role="status">{verdict === null ? null : <Verdict verdict={verdict} />}</div>
    </section>
  )
}

function Verdict({ verdict: { batches, faults } }: { readonly verdict: BodyVerdict }) {
  if (faults.length === 0) {
    return (
      <p className={styles.good}>
        <CheckIcon />
        {batches === 0
          ? 'It would be read, but holds no batch.'
          : `${formatNoun(batches, 'batch', 'batches')} would be taken.`}
      </p>
    )
  }
  const rest = faults.length - FAULTS_SHOWN
  return (
    <ul className={styles.faults}>
      {faults.slice(0, FAULTS_SHOWN).map(({ index, path, reason }) => (
        <li key={`${index} ${path} ${reason}`}>
          <ErrorGlyph label={null} />
          <span>
            {index === null ? null : `batch ${index}: `}
            {path === '' ? null : <code>{path}</code>} {reason}
          </span>
        </li>
      ))}
      {rest > 0 ? <li className={styles.rest}>and {rest} more</li> : null}
    </ul>
  )
}

'use client'

import { Popover } from '@mantine/core'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import type { CouplingTool, ToolMarks } from '#lib/contract/coupling.ts'
import styles from './answer-button.module.css'
import { QUESTION_WORDS } from './question-words.ts'
import { useMarkTool } from './use-mark-tool.ts'

type Answer = CouplingTool['answers'][number]

interface AnswerButtonProps {
  readonly tool: string
  readonly answer: Answer
}

/** What is known of a tool, and a press away the evidence and the means to answer. */
export function AnswerButton({ tool, answer }: AnswerButtonProps) {
  const [isOpen, setOpen] = useState(false)
  const { label, asks } = QUESTION_WORDS[answer.question]
  const word = answer.answer ?? 'unknown'
  const doubt = answer.answer === 'yes' && answer.evidence_against.length > 0
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" offset={4} trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={styles.answer}
          data-answer={word}
          data-source={answer.source}
          aria-label={`${label}: ${word}${doubt ? ', but evidence speaks against it' : ''}. ${tool}`}
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {answer.answer ?? '?'}
          {doubt ? <span className={styles.doubt}>!</span> : null}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.dropdown ?? ''}>
        {isOpen ? (
          <AnswerPanel tool={tool} answer={answer} asks={asks} onDone={() => setOpen(false)} />
        ) : null}
      </Popover.Dropdown>
    </Popover>
  )
}

interface AnswerPanelProps extends AnswerButtonProps {
  readonly asks: string
  readonly onDone: () => void
}

function AnswerPanel({ tool, answer, asks, onDone }: AnswerPanelProps) {
  const [note, setNote] = useState(answer.note ?? '')
  const write = useMarkTool(tool, onDone)
  const mark = (given: 'yes' | 'no' | null) => {
    const marks: ToolMarks = { [answer.question]: given, note: note.trim() === '' ? null : note.trim() }
    write.mutate(marks)
  }
  return (
    <div className={styles.panel}>
      <p className={styles.asks}>{asks}</p>
      <Standing answer={answer} />
      <Evidence title="Speaks for it" lines={answer.evidence_for} />
      <Evidence title="Speaks against it" lines={answer.evidence_against} />
      {answer.evidence_for.length + answer.evidence_against.length === 0 ? (
        <p className={styles.quiet}>Nothing seen in this window speaks for or against it.</p>
      ) : null}
      <label className={styles.note}>
        <span>Why (kept with the answer)</span>
        <input value={note} maxLength={1000} onChange={(event) => setNote(event.target.value)} />
      </label>
      {write.error ? (
        <p role="alert" className={styles.error}>
          Not saved: {write.error.message}
        </p>
      ) : null}
      <div className={styles.actions}>
        <Button disabled={write.isPending} onClick={() => mark('yes')}>
          Yes
        </Button>
        <Button disabled={write.isPending} onClick={() => mark('no')}>
          No
        </Button>
        {answer.source === 'marked' ? (
          <Button kind="plain" disabled={write.isPending} onClick={() => mark(null)}>
            Take the answer back
          </Button>
        ) : null}
      </div>
    </div>
  )
}

function Standing({ answer: { answer, source, by, at } }: { readonly answer: Answer }) {
  if (source === 'marked' && at !== null) {
    return (
      <p className={styles.standing}>
        {answer}, marked by {by} <Timestamp epochMs={at} full />
      </p>
    )
  }
  if (source === 'declared') return <p className={styles.standing}>yes, because it is declared a read</p>
  return <p className={styles.standing}>nobody has said</p>
}

function Evidence({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <div>
      <p className={styles.evidenceTitle}>{title}</p>
      <ul className={styles.evidence}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  )
}

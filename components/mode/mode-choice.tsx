'use client'

import type { KeyboardEvent } from 'react'
import { ModeGlyph } from '#components/ui/glyphs.tsx'
import { MODES, type Mode } from '#lib/model/vocabulary.ts'
import styles from './mode-choice.module.css'

interface ModeChoiceProps {
  /** The mode in force or chosen; null for none. */
  readonly mode: Mode | null
  readonly onChoose: (mode: Mode) => void
  /** What the choice is about, for a screen reader. */
  readonly label: string
  /** The modes to choose from; all by default. */
  readonly options?: readonly Mode[]
  /**
   * Arrow keys choose as they go, as in a form. Without it they only move, because choosing opens a dialog.
   */
  readonly followsFocus?: boolean
  /** Fills its line on a narrow screen. */
  readonly isWide?: boolean
}

const MOVES: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

/** One of the modes, side by side. */
export function ModeChoice(props: ModeChoiceProps) {
  const { mode, onChoose, label, options = MODES, followsFocus = false, isWide = false } = props
  const tabStop = mode !== null && options.includes(mode) ? mode : options[0]

  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const move = MOVES[event.key]
    if (move === undefined) return
    event.preventDefault()
    const buttons = [...event.currentTarget.querySelectorAll('button')]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const next = (at + move + buttons.length) % buttons.length
    buttons[next]?.focus()
    const chosen = options[next]
    if (followsFocus && chosen) onChoose(chosen)
  }

  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={styles.group}
      data-wide={isWide || undefined}
      onKeyDown={walk}
    >
      {options.map((option) => (
        // biome-ignore lint/a11y/useSemanticElements: an input of type radio chooses on every arrow key
        <button
          key={option}
          type="button"
          role="radio"
          aria-checked={option === mode}
          tabIndex={option === tabStop ? 0 : -1}
          className={styles.option}
          data-mode={option}
          onClick={() => onChoose(option)}
        >
          <ModeGlyph mode={option} label={null} />
          {option}
        </button>
      ))}
    </div>
  )
}

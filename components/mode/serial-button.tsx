import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { ModeGlyph } from '#components/ui/glyphs.tsx'
import styles from './serial-button.module.css'

interface SerialButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** 48 px, for where it must be hit at once. */
  readonly isLarge?: boolean
  readonly children: ReactNode
}

/** The one warm control of a page: it makes things serial. */
export function SerialButton({ isLarge = false, children, type = 'button', ...rest }: SerialButtonProps) {
  return (
    <button {...rest} type={type} className={styles.serial} data-large={isLarge || undefined}>
      <ModeGlyph mode="serial" label={null} size={isLarge ? 16 : 12} />
      {children}
    </button>
  )
}

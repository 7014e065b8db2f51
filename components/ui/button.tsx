import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import styles from './button.module.css'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` is ink on paper inverted, at most one a page; `plain` has no border. */
  readonly kind?: 'default' | 'primary' | 'plain'
  readonly children: ReactNode
  readonly ref?: Ref<HTMLButtonElement>
}

/** A 28 px control; 44 px where the pointer is coarse. */
export function Button({ kind = 'default', type = 'button', className, ...rest }: ButtonProps) {
  return <button {...rest} type={type} className={buttonClass(className)} data-kind={kind} />
}

/** The same look for a link that acts as a button; set `data-kind` beside it. */
export function buttonClass(extra?: string): string {
  return extra === undefined ? (styles.button ?? '') : `${styles.button} ${extra}`
}

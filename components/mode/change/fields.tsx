'use client'

import { Autocomplete } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import styles from './fields.module.css'

interface FieldProps {
  readonly label: string
  /** A word behind the label; strong when the field must be filled. */
  readonly hint?: string | undefined
  readonly isNeeded?: boolean
}

/** The hint stands beside the label but is no part of the field's name: it may change while one writes. */
function Label({ label, hint, isNeeded = false, htmlFor }: FieldProps & { readonly htmlFor: string }) {
  return (
    <div className={styles.label}>
      <label htmlFor={htmlFor}>{label}</label>
      {hint === undefined ? null : (
        <span id={`${htmlFor}-hint`} className={isNeeded ? styles.needed : undefined}>
          {hint}
        </span>
      )}
    </div>
  )
}

interface TextFieldProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly maxLength?: number
  /** Set in the mono: ids. */
  readonly isCode?: boolean
  /** Has the focus when its dialog opens. */
  readonly startsHere?: boolean
  readonly fault?: string | undefined
}

/** One line of text. */
export function TextField(props: TextFieldProps) {
  const { value, onChange, placeholder, maxLength = 1024, isCode, startsHere, fault, ...label } = props
  const id = useId()
  return (
    <div className={styles.field}>
      <Label {...label} htmlFor={id} />
      <input
        id={id}
        className={styles.input}
        type="text"
        autoComplete="off"
        spellCheck={!isCode}
        data-code={isCode || undefined}
        data-autofocus={startsHere || undefined}
        aria-required={label.isNeeded || undefined}
        aria-invalid={fault !== undefined || undefined}
        aria-describedby={`${id}-hint ${id}-fault`}
        placeholder={placeholder}
        maxLength={maxLength}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {fault === undefined ? null : (
        <span id={`${id}-fault`} className={styles.fault}>
          {fault}
        </span>
      )}
    </div>
  )
}

interface NameFieldProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder: string
  /** Names to offer; any other may be written. */
  readonly known: readonly string[]
  /** Has the focus when its dialog opens. */
  readonly startsHere?: boolean
}

/** Names offered at once: more are found by writing. */
const OFFERED = 50

/** A name of an agent, environment or tool: known ones are offered, others may be written. */
export function NameField({ value, onChange, placeholder, known, startsHere, ...label }: NameFieldProps) {
  const id = useId()
  return (
    <div className={styles.field}>
      <Label {...label} htmlFor={id} />
      <Autocomplete
        id={id}
        data={[...known]}
        limit={OFFERED}
        openOnFocus={false}
        data-autofocus={startsHere || undefined}
        value={value}
        onChange={onChange}
        placeholder={placeholder}
        maxLength={256}
        spellCheck={false}
        autoComplete="off"
        maxDropdownHeight={220}
        comboboxProps={{ offset: 4, transitionProps: { duration: 0 } }}
        classNames={{
          input: styles.input ?? '',
          dropdown: styles.dropdown ?? '',
          option: styles.option ?? '',
        }}
      />
    </div>
  )
}

interface ChoiceFieldProps<Value extends string> {
  readonly legend: string
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly value: Value
  readonly onChange: (value: Value) => void
  /** What the choice may need beside it. */
  readonly children?: ReactNode
}

/** One of a few, each with its words. */
export function ChoiceField<Value extends string>(props: ChoiceFieldProps<Value>) {
  const { legend, options, value, onChange, children } = props
  const name = useId()
  return (
    <fieldset className={styles.field}>
      <legend className={styles.label}>{legend}</legend>
      <div className={styles.choices}>
        {options.map((option) => (
          <label key={option.value} className={styles.choice}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
      {children}
    </fieldset>
  )
}

interface CheckFieldProps {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly children: ReactNode
}

export function CheckField({ checked, onChange, children }: CheckFieldProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>{children}</span>
    </label>
  )
}

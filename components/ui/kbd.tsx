import styles from './text.module.css'

/** A key as it is labelled on the keyboard. */
export function Kbd({ children }: { readonly children: string }) {
  return <kbd className={styles.kbd}>{children}</kbd>
}

/** Keys and what they do, as the foot of a page lists them. */
export function KeyHint({ keys, children }: { readonly keys: readonly string[]; readonly children: string }) {
  return (
    <span className={styles.keyHint}>
      {keys.map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
      <span>{children}</span>
    </span>
  )
}

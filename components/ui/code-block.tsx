import styles from './code-block.module.css'
import { CopyButton } from './copy-button.tsx'

interface CodeBlockProps {
  /** What the code is for, or the file it belongs in. */
  readonly caption: string
  readonly code: string
}

/** Code to be pasted elsewhere, with a button that copies all of it. */
export function CodeBlock({ caption, code }: CodeBlockProps) {
  return (
    <figure className={styles.block}>
      <figcaption className={styles.caption}>
        {caption}
        <CopyButton text={code} label={`Copy: ${caption}`}>
          Copy
        </CopyButton>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  )
}

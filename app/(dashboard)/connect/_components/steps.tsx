'use client'

import { useSyncExternalStore } from 'react'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { buildSteps } from './snippets.ts'
import styles from './steps.module.css'
import type { ConnectState } from './use-connect.ts'

const neverChanges = () => () => {}
const ownOrigin = () => location.origin
const serverOrigin = () => 'http://localhost:3000'

/** What to copy, in order, filled with this server's address and the chosen names. */
export function Steps({ connect: { way, names } }: { readonly connect: ConnectState }) {
  const origin = useSyncExternalStore(neverChanges, ownOrigin, serverOrigin)
  const steps = buildSteps(way, { origin, ...names })
  return (
    <ol className={styles.steps}>
      {steps.map((step, index) => (
        <li key={step.title} className={styles.step}>
          <span className={styles.number} aria-hidden="true">
            {index + 1}
          </span>
          <div className={styles.body}>
            <h2 className={styles.title}>{step.title}</h2>
            <p className={styles.text}>{step.text}</p>
            {step.blocks.map((block) => (
              <CodeBlock key={block.caption} caption={block.caption} code={block.code} />
            ))}
          </div>
        </li>
      ))}
    </ol>
  )
}

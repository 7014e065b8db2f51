'use client'

import { useId } from 'react'
import { TextField } from '#components/mode/change/fields.tsx'
import { WAYS, type Way } from './connect-params.ts'
import type { ConnectState } from './use-connect.ts'
import styles from './way-choice.module.css'

const WAY_WORDS: Record<Way, { readonly title: string; readonly when: string }> = {
  executor: { title: 'SDK executor', when: 'Your code hands over all calls of a turn. Obeys the switch.' },
  wrap: { title: 'wrap(fn)', when: 'A framework calls your tools itself. Obeys the switch.' },
  http: { title: 'Plain HTTP', when: 'Any language, curl, Python. You time the calls; it only records.' },
}

/** How an agent is connected, and under which names. */
export function WayChoice({ connect }: { readonly connect: ConnectState }) {
  const name = useId()
  return (
    <div className={styles.choice}>
      <fieldset className={styles.ways}>
        <legend className={styles.legend}>How does your agent run its tools?</legend>
        {WAYS.map((way) => (
          <label key={way} className={styles.way}>
            <input
              type="radio"
              name={name}
              value={way}
              checked={connect.way === way}
              onChange={() => connect.setWay(way)}
            />
            <span className={styles.title}>{WAY_WORDS[way].title}</span>
            <span className={styles.when}>{WAY_WORDS[way].when}</span>
          </label>
        ))}
      </fieldset>
      <div className={styles.names}>
        <TextField
          label="Agent"
          hint="its name in rules"
          value={connect.agent}
          onChange={connect.setAgent}
          maxLength={256}
          isCode
        />
        <TextField
          label="Environment"
          hint="where it runs"
          value={connect.environment}
          onChange={connect.setEnvironment}
          maxLength={256}
          isCode
        />
      </div>
    </div>
  )
}

'use client'

import { useId } from 'react'
import { TextField } from '#components/mode/change/fields.tsx'
import { REPORTING_WAYS, TELEMETRY_WAYS, type Way } from './connect-params.ts'
import type { ConnectState } from './use-connect.ts'
import styles from './way-choice.module.css'

const WAY_WORDS: Record<Way, { readonly title: string; readonly when: string }> = {
  'vercel-ai': { title: 'Vercel AI SDK', when: 'ai 5, 6, 7' },
  langgraph: { title: 'LangChain, LangGraph', when: 'by OpenInference' },
  openai: { title: 'OpenAI SDK', when: 'by OpenInference' },
  'openai-agents': { title: 'OpenAI Agents', when: 'by OpenInference' },
  anthropic: { title: 'Anthropic SDK', when: 'spans of its own' },
  mastra: { title: 'Mastra', when: 'spans of its own' },
  genkit: { title: 'Genkit', when: 'spans of its own' },
  mcp: { title: 'MCP', when: 'by OpenLLMetry' },
  otlp: { title: 'Python, any OTLP', when: 'or a collector' },
  executor: { title: 'SDK executor', when: 'Your code hands over all calls of a turn. Obeys the switch.' },
  wrap: { title: 'wrap(fn)', when: 'A framework calls your tools itself. Obeys the switch.' },
  http: { title: 'Plain HTTP', when: 'Any language, curl, Python. You time the calls; it only records.' },
}

/** How an agent is connected, and under which names. */
export function WayChoice({ connect }: { readonly connect: ConnectState }) {
  const name = useId()
  const group = (legend: string, note: string, ways: readonly Way[], kind: 'telemetry' | 'reporting') => (
    <fieldset className={styles.ways} data-kind={kind}>
      <legend className={styles.legend}>
        {legend} <span className={styles.note}>{note}</span>
      </legend>
      {ways.map((way) => (
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
  )
  return (
    <div className={styles.choice}>
      {group('By its OpenTelemetry', 'no code of ours; it only watches', TELEMETRY_WAYS, 'telemetry')}
      {group('By a report of its own', 'what the switch can reach', REPORTING_WAYS, 'reporting')}
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

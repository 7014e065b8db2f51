'use client'

import { useQueryStates } from 'nuqs'
import { CONNECT_PARSERS, DEFAULT_AGENT, type Way } from './connect-params.ts'

export interface ConnectState {
  readonly way: Way
  /** As written in the field; may be empty while it is being written. */
  readonly agent: string
  readonly environment: string
  /** The names that snippets and the watch use: never empty. */
  readonly names: { readonly agent: string; readonly environment: string }
  readonly setWay: (way: Way) => void
  readonly setAgent: (agent: string) => void
  readonly setEnvironment: (environment: string) => void
}

/** What the page is set to: kept in its address. */
export function useConnect(): ConnectState {
  const [values, setValues] = useQueryStates(CONNECT_PARSERS, { history: 'replace' })
  const { way, agent_name: agent, environment_name: environment } = values
  return {
    way,
    agent,
    environment,
    names: { agent: agent.trim() || DEFAULT_AGENT, environment: environment.trim() || 'default' },
    setWay: (next) => void setValues({ way: next }),
    setAgent: (next) => void setValues({ agent_name: next }),
    setEnvironment: (next) => void setValues({ environment_name: next }),
  }
}

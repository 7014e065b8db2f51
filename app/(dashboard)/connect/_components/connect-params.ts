import { createLoader, parseAsString, parseAsStringLiteral } from 'nuqs/server'

/** The ways to connect that exist. */
export const WAYS = ['executor', 'wrap', 'http'] as const
export type Way = (typeof WAYS)[number]

export const DEFAULT_AGENT = 'my-agent'

/** What the page is set to, as it stands in its address. `agent` alone is the filter that all pages share. */
export const CONNECT_PARSERS = {
  way: parseAsStringLiteral(WAYS).withDefault('executor'),
  agent_name: parseAsString.withDefault(DEFAULT_AGENT),
  environment_name: parseAsString.withDefault('default'),
}

export const loadConnectParams = createLoader(CONNECT_PARSERS)

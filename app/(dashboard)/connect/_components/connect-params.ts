import { createLoader, parseAsString, parseAsStringLiteral } from 'nuqs/server'

/** Frameworks whose own telemetry is enough, and any other exporter. */
export const TELEMETRY_WAYS = [
  'vercel-ai',
  'langgraph',
  'openai',
  'openai-agents',
  'anthropic',
  'mastra',
  'genkit',
  'mcp',
  'otlp',
] as const
export type TelemetryWay = (typeof TELEMETRY_WAYS)[number]

/** Ways in which an agent reports batches itself. */
export const REPORTING_WAYS = ['executor', 'wrap', 'http'] as const

/** The ways to connect that exist. */
export const WAYS = [...TELEMETRY_WAYS, ...REPORTING_WAYS] as const
export type Way = (typeof WAYS)[number]

export const DEFAULT_AGENT = 'my-agent'

/** What the page is set to, as it stands in its address. `agent` alone is the filter that all pages share. */
export const CONNECT_PARSERS = {
  way: parseAsStringLiteral(WAYS).withDefault('vercel-ai'),
  agent_name: parseAsString.withDefault(DEFAULT_AGENT),
  environment_name: parseAsString.withDefault('default'),
}

export const loadConnectParams = createLoader(CONNECT_PARSERS)

export function isTelemetry(way: Way): way is TelemetryWay {
  return TELEMETRY_WAYS.some((one) => one === way)
}

import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Truth } from './refund.ts'

const run = promisify(execFile)

export interface AgentRun {
  /** The agent's file without its ending, and what it is to do differently. */
  readonly agent: string
  readonly variant: string
  /** Where its exporter sends spans. */
  readonly endpoint: string
  readonly environment: string
  /** `http/protobuf` unless said otherwise. */
  readonly protocol?: 'http/json'
  /** Exports each span as soon as it has ended, while the run goes on. */
  readonly oneByOne?: boolean
  /** Two unless said otherwise. */
  readonly cases?: number
}

/**
 * Runs an agent in a process of its own, as its users would start it, and resolves with the truth of the cases it
 * handled once its exporter has sent everything. Rejects with its output when it fails.
 */
export async function runAgent({
  agent,
  variant,
  endpoint,
  environment,
  protocol,
  oneByOne = false,
  cases = 2,
}: AgentRun): Promise<readonly Truth[]> {
  const { stdout } = await run(
    process.execPath,
    [path.join(import.meta.dirname, `${agent}.agent.ts`), variant],
    {
      timeout: 60_000,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_SERVICE_NAME: 'refund-service',
        CASES: String(cases),
        DEPLOYED_AS: environment,
        OTEL_RESOURCE_ATTRIBUTES: `service.version=1.4.2,deployment.environment.name=${environment}`,
        ...(oneByOne ? { OTEL_BSP_SCHEDULE_DELAY: '1', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1' } : {}),
        ...(protocol === undefined ? {} : { OTEL_EXPORTER_OTLP_PROTOCOL: protocol }),
      },
    },
  )
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

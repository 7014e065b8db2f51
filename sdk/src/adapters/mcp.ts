import type { Core } from '../core.ts'
import { read, toList, toText } from '../guard.ts'
import type { Parascope, ToolPolicy } from '../types.ts'
import type { AdapterOptions } from './options.ts'
import { override } from './override.ts'
import { coreOf, parsePlan } from './plan.ts'
import { Steps } from './step.ts'

/*
 * The client of the Model Context Protocol. It knows tools, but neither models nor their responses: which calls
 * belong together only its user can say, by `scope.turn`. Within a turn all calls are one batch; outside of one,
 * those made in the same tick are, as with `scope.wrap`.
 */

/** What is used of a client. */
interface Client {
  // biome-ignore lint/suspicious/noExplicitAny: of whatever version, with types of its own
  callTool(params: any, resultSchema?: any, options?: any): Promise<any>
}

export interface McpOptions extends AdapterOptions {
  /** Reads the model's call id from the parameters. Default: one is minted. */
  readonly callId?: ((params: { readonly name: string; readonly _meta?: object }) => unknown) | undefined
  /** Names tools of several servers apart, in the record and in `policies`. Default: the tool's own name. */
  readonly toolName?: ((name: string) => string) | undefined
}

/**
 * A client whose `callTool` obeys the mode; all else is the given client's own. A result that says `isError` is
 * handed on as it is, and recorded as an error.
 */
export function mcpClient<C extends Client>(scope: Parascope, client: C, options?: McpOptions): C {
  const core = coreOf(scope)
  if (core === null) return client
  const steps = new Steps(core, parsePlan(core, options))
  const ticks = new Ticks(core)
  const callIdOf = (params: never): string => {
    try {
      return toText(options?.callId?.(params))
    } catch (error) {
      core.threw('callId', error)
      return ''
    }
  }
  const callTool: Client['callTool'] = (params, resultSchema, requestOptions) => {
    const key = ticks.key()
    const name = toText(read(params, 'name'))
    return steps.call(
      key,
      key,
      {
        callId: callIdOf(params as never) || `call_${crypto.randomUUID()}`,
        tool: options?.toolName?.(name) ?? name,
        args: read(params, 'arguments'),
        signal: read(requestOptions, 'signal') as AbortSignal | undefined,
        run: ({ signal }) => client.callTool(params, resultSchema, { ...requestOptions, signal }),
        failureOf: (result) => (read(result, 'isError') === true ? 'tool-error' : null),
      },
      () => null,
    )
  }
  return override(client, 'callTool', callTool)
}

/**
 * Declarations of a server's tools from its own hints, for `policies`: `readOnlyHint` is a read, all else a
 * write. Hints are the server's claims: use them for servers that you trust, and what you know better after them.
 */
export function policiesOf(listed: { readonly tools: readonly unknown[] }): Record<string, ToolPolicy> {
  return Object.fromEntries(
    toList(listed.tools, Number.POSITIVE_INFINITY).map((tool) => {
      const reads = read(read(tool, 'annotations'), 'readOnlyHint') === true
      return [toText(read(tool, 'name')), { effect: reads ? 'read' : 'write' }]
    }),
  )
}

/** What the calls of one turn or one tick share. */
class Ticks {
  readonly #core: Core
  #tick: object | null = null

  constructor(core: Core) {
    this.#core = core
  }

  key(): object {
    const context = this.#core.turnContext()
    // Of a turn every fact is there, if only to say that it is not known.
    if (Object.hasOwn(context, 'runId')) return context
    if (this.#tick !== null) return this.#tick
    this.#tick = {}
    this.#core.platform.later(0, () => {
      this.#tick = null
    })
    return this.#tick
  }
}

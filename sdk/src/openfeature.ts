import {
  ErrorCode,
  type EvaluationContext,
  FlagNotFoundError,
  type FlagValue,
  InvalidContextError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderNotReadyError,
  type ResolutionDetails,
  TargetingKeyMissingError,
  TypeMismatchError,
} from '@openfeature/server-sdk'
import { openEndpoint, parseIdentity } from './endpoint.ts'
import type { ModeClient } from './mode/client.ts'
import type { ModeState } from './mode/evaluate.ts'
import { openMode } from './mode/open.ts'
import { FLAGS, type FlagQuery } from './openfeature/flags.ts'
import { platform } from './platform/node.ts'
import { openFile } from './platform/node-files.ts'
import { send } from './platform/node-http.ts'
import type { Diagnostic, ParascopeOptions } from './types.ts'

/** How long to wait for the server's first word while nothing at all is known. */
const READY_TIMEOUT_MS = 2_000

export interface ParascopeProviderOptions
  extends Pick<
    ParascopeOptions,
    'url' | 'token' | 'agent' | 'environment' | 'bootstrap' | 'modeFile' | 'onDiagnostic'
  > {
  /** A held stream that falls back to polling, or polling alone. Default `stream`. */
  readonly modeUpdates?: 'stream' | 'poll' | undefined
  /** How long `initialize` waits for the server while no mode is known. Default 2,000. */
  readonly readyTimeoutMs?: number | undefined
}

/** Lost = for now; refused = the server answers that this program may not ask. */
type Trouble = 'none' | 'lost' | 'refused'

/**
 * An OpenFeature provider for servers: evaluates from memory, hears of each change by a stream, and goes on
 * with the last known mode while the server is away. Its flags are those of the server's OFREP endpoints.
 */
export class ParascopeProvider implements Provider {
  readonly metadata = { name: 'parascope' } as const
  readonly runsOn = 'server'
  readonly events = new OpenFeatureEventEmitter()
  readonly #options: ParascopeProviderOptions
  readonly #identity: { readonly agent: string; readonly environment: string }
  #client: ModeClient | null = null
  #state: ModeState | null = null
  #trouble: Trouble = 'none'
  /** `initialize` has come to an end: OpenFeature makes events of what it comes to, and we of what comes later. */
  #settled = false
  #onLost = () => {}

  constructor(options: ParascopeProviderOptions) {
    this.#options = { ...options }
    this.#identity = parseIdentity(this.#settings())
  }

  /** Resolves when a mode is known. @throws ProviderNotReadyError when none is; it goes on trying all the same */
  async initialize(): Promise<void> {
    const settings = this.#settings()
    const { endpoint } = openEndpoint(settings, send)
    if (endpoint === null) throw new ProviderNotReadyError('the options give no usable address')
    const lost = new Promise<void>((resolve) => {
      this.#onLost = resolve
    })
    const { client, remembered } = openMode({
      endpoint,
      identity: parseIdentity(settings),
      options: settings.options,
      diagnose: settings.diagnose,
      openFile,
      listener: {
        onMode: (state) => this.#onMode(state),
        onLost: (why, status) => this.#onTrouble(why, status === 401 || status === 403),
      },
    })
    this.#client = client
    await remembered
    await this.#firstWord(client.heard(), lost)
    this.#state = client.current()
    if (this.#state === null) {
      this.#trouble = 'lost'
      this.#settle()
      throw new ProviderNotReadyError('no mode is known: the server does not answer, and nothing was kept')
    }
    if (this.#trouble !== 'none') platform.later(0, () => this.#emitTrouble('the mode is the last one known'))
    this.#settle()
  }

  async onClose(): Promise<void> {
    this.#client?.close()
  }

  async resolveBooleanEvaluation(
    flagKey: string,
    defaultValue: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return this.#resolve(flagKey, defaultValue, context)
  }

  async resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return this.#resolve(flagKey, defaultValue, context)
  }

  async resolveNumberEvaluation(
    flagKey: string,
    defaultValue: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    return this.#resolve(flagKey, defaultValue, context)
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    flagKey: string,
    defaultValue: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return this.#resolve(flagKey, defaultValue, context)
  }

  #settings() {
    const { onDiagnostic, ...options } = this.#options
    return {
      platform,
      options,
      observer: null,
      diagnose(code: Diagnostic['code'], message: string) {
        try {
          onDiagnostic?.({ code, message })
        } catch {
          // There is nobody left to tell.
        }
      },
    }
  }

  /** From memory. Throws the errors that OpenFeature turns into the default value and a code. */
  #resolve<T extends FlagValue>(
    flagKey: string,
    defaultValue: T,
    context: EvaluationContext,
  ): ResolutionDetails<T> {
    const evaluate = FLAGS.get(flagKey)
    if (evaluate === undefined) throw new FlagNotFoundError(`there is no flag ${flagKey}`)
    const state = this.#client?.current() ?? null
    if (state === null) throw new ProviderNotReadyError('no mode is known yet')
    const found = evaluate(state, this.#query(context))
    if (found === null) {
      throw new TargetingKeyMissingError(
        'a rule takes a share of the runs: targetingKey must be the id of the run',
      )
    }
    const { value, variant, reason, ruleId } = found
    // A null default stands for an object, as it does in JavaScript.
    if (typeof value !== typeof defaultValue)
      throw new TypeMismatchError(`${flagKey} is a ${typeof value}, not a ${typeof defaultValue}`)
    const isStale = this.#trouble !== 'none'
    return {
      value: value as T,
      variant,
      reason: isStale ? 'STALE' : reason,
      flagMetadata: {
        revision: state.revision,
        ...(ruleId === null ? {} : { rule_id: ruleId }),
        ...(isStale ? { stale: true, reason } : {}),
      },
    }
  }

  #query(context: EvaluationContext): FlagQuery {
    const read = (name: string): string | null => {
      const value = context[name]
      if (value === undefined || value === null) return null
      if (typeof value === 'string') return value
      throw new InvalidContextError(`${name} must be a text`)
    }
    for (const name of ['agent', 'environment'] as const) {
      const asked = read(name)
      // The server sends this program the rules for its own agent and environment alone.
      if (asked !== null && asked !== this.#identity[name])
        throw new InvalidContextError(
          `this provider evaluates for the ${name} ${this.#identity[name]}, not ${asked}`,
        )
    }
    const nowMs = platform.wall()
    return { ...this.#identity, tool: read('tool'), runId: read('targetingKey') || null, nowMs }
  }

  /** Resolves with the server's first word, and without it as soon as there is nothing to wait for. */
  #firstWord(heard: Promise<void>, lost: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = platform.hold(this.#options.readyTimeoutMs ?? READY_TIMEOUT_MS, () => {
        if (this.#trouble === 'none') this.#trouble = 'lost'
        resolve()
      })
      const end = () => {
        cancel()
        resolve()
      }
      heard.then(end)
      // With nothing known the wait goes on: the server may just be starting.
      lost.then(() => {
        if (this.#client?.current() != null) end()
      })
    })
  }

  #settle(): void {
    this.#settled = true
  }

  #onMode(state: ModeState): void {
    const before = this.#state
    const wasTrouble = this.#trouble !== 'none'
    this.#state = state
    this.#trouble = 'none'
    if (!this.#settled) return
    const metadata = { revision: state.revision }
    if (wasTrouble) this.events.emit(ProviderEvents.Ready, { metadata })
    if (before !== null && before.revision === state.revision) return
    this.events.emit(ProviderEvents.ConfigurationChanged, {
      message: `revision ${state.revision} of the mode`,
      flagsChanged: [...FLAGS.keys()],
      metadata,
    })
  }

  #onTrouble(why: string, isRefused: boolean): void {
    const before = this.#trouble
    this.#trouble = isRefused ? 'refused' : 'lost'
    this.#onLost()
    if (this.#settled && before !== this.#trouble) this.#emitTrouble(why)
  }

  #emitTrouble(message: string): void {
    if (this.#trouble === 'none') return
    if (this.#trouble === 'lost') this.events.emit(ProviderEvents.Stale, { message })
    else this.events.emit(ProviderEvents.Error, { message, errorCode: ErrorCode.GENERAL })
  }
}

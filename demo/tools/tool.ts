import type { ToolArgs } from '../catalogue.ts'

/** On whose behalf a tool runs: what its own clock writes beside its times. */
export interface CallTrace {
  readonly agent: string
  readonly environment: string
  readonly version: string
  /** Names the batch by run and turn; the batch id is minted by the SDK and not known in here. */
  readonly batchKey: string
  readonly runId: string
  readonly turn: number
}

export interface ToolContext {
  readonly callId: string
  readonly signal: AbortSignal
  readonly trace: CallTrace
}

/** A tool's work. Rejects with a `ToolError` when it was refused, with the signal's reason when aborted. */
export type ToolBody = (args: ToolArgs, context: ToolContext) => Promise<unknown>

/** A failure that a model could act on: a stable code, and whether the same call may succeed later. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
  readonly code: string
  readonly retriable: boolean

  constructor(code: string, message: string, retriable = false) {
    super(message)
    this.code = code
    this.retriable = retriable
  }
}

/** Reads a text argument; a model that left it out gets a failure it can read. */
export function textArg(args: ToolArgs, name: string): string {
  const value = args[name]
  if (typeof value !== 'string' || value === '')
    throw new ToolError('argument_invalid', `${name} must be text`)
  return value
}

/** Reads a whole-number argument. */
export function integerArg(args: ToolArgs, name: string): number {
  const value = args[name]
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new ToolError('argument_invalid', `${name} must be a whole number`)
  }
  return value
}

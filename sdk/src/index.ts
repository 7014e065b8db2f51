import { platform } from './platform/node.ts'
import { createScope } from './scope.ts'
import type { Parascope, ParascopeOptions } from './types.ts'

/** Opens a connection to Parascope for one agent. Never throws, never waits, never holds the process. */
export const createParascope = (options: ParascopeOptions): Parascope => createScope(platform, options)

export type {
  BatchContext,
  CallContext,
  CallObservation,
  CaptureOptions,
  Diagnostic,
  Effect,
  Envelope,
  ExecutorOptions,
  FailureEnvelope,
  Mode,
  ModeDecision,
  ModeSnapshot,
  ObservedCall,
  Observer,
  OkEnvelope,
  Outcome,
  Parascope,
  ParascopeOptions,
  RunBatch,
  Stats,
  ToolArgs,
  ToolCall,
  ToolPolicy,
  TurnContext,
  WrapOptions,
} from './types.ts'

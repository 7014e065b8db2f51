import type { OtlpEncoding } from '#ingest/otlp/response.ts'
import type { ModeAction, ModeState } from '#lib/contract/mode.ts'

/** What the writer thread is started with. */
export interface WriterData {
  readonly file: string
  readonly maxBodyBytes: number
  readonly falseAlarms: number
  readonly spans: SpanSettings
  /** Where people reach this server, for links in what is told; null = nobody said. */
  readonly publicUrl: string | null
}

/** How spans are kept and made into batches. */
export interface SpanSettings {
  /** A batch of spans is final when it has not changed for so long. */
  readonly quietMs: number
  /** Room for spans on disk. */
  readonly maxBufferBytes: number
  /** Whether excerpts of arguments, results and errors are kept. */
  readonly capturesContent: boolean
}

/** What became of a request of spans: the answer to its sender, in the encoding of the request. */
export interface SpanAnswer {
  readonly encoding: OtlpEncoding
  readonly body: Uint8Array
  readonly added: number
  readonly repeated: number
  readonly rejected: number
}

/** What the writer tells of its own accord, by event name. */
export interface WriterEvents {
  readonly committed: CommittedEvent
  readonly mode: ModeEvent
  readonly derived: DerivedEvent
  readonly alerts: AlertsEvent
  readonly detectorFault: DetectorFaultEvent
  readonly assemblyFault: DerivedFault
  readonly storage: StorageEvent
}

/** Batches are on disk, in the log or before it. */
export interface CommittedEvent {
  /** Those that were not there before. */
  readonly count: number
  /** The newest of all that came or changed. */
  readonly batchIds: readonly string[]
  /** How many hold a call that ended in error or timeout. */
  readonly failing: number
  readonly lastSeq: number
  readonly lastStartedAtMs: number
}

/** Another revision of the mode is on disk. */
export interface ModeEvent {
  readonly mode: ModeState
  readonly action: ModeAction
  readonly atMs: number
}

/** Derived state is on disk up to an entry of the log. */
export interface DerivedEvent {
  readonly flushedSeq: number
  readonly lastSeq: number
  readonly rebuilding: boolean
  /** What keeps derived state from following the log; null = nothing. */
  readonly fault: DerivedFault | null
}

/** An error of ours in what derives. Batches are stored all the same; a rebuild tries again. */
export interface DerivedFault {
  readonly message: string
  readonly stack: string | null
}

/** A detector has thrown over a batch, which it has not judged therefore; an error of ours. */
export interface DetectorFaultEvent extends DerivedFault {
  readonly detector: string
  readonly batchId: string
}

/** Alerts are on disk that evidence or a person changed. Ids, each in one of the lists. */
export interface AlertsEvent {
  /** New, or come back. */
  readonly opened: readonly string[]
  readonly resolved: readonly string[]
  /** Anything else about them. */
  readonly changed: readonly string[]
}

/** The storage began or ceased to fail. */
export interface StorageEvent {
  /** In words what is wrong; null = healthy. */
  readonly fault: string | null
}

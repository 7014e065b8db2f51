import { type AssembledRow, openAssembledTable } from '#db/assembled.ts'
import { openComponentTable } from '#db/components.ts'
import { openSpanReceiptTable } from '#db/span-receipts.ts'
import { openSpanTable } from '#db/spans.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import type { LogWriter } from '#db/write.ts'
import { joiningKeys } from '../assemble/components.ts'
import { isFuller } from '../assemble/tree.ts'
import type { SpanFacts } from '../dialects/facts.ts'
import { RequestError } from '../errors.ts'
import { ComponentIndex } from './component-index.ts'
import { decodeFacts, encodeFacts, encodeSpanKey } from './facts-text.ts'
import type { PreparedSpan, PreparedSpans } from './prepare.ts'

/** What a span takes besides its facts: its key, and its places in the indexes. */
const SPAN_OVERHEAD_BYTES = 160
/** Exporters give up after ten seconds: longer than half of that, and they would not come back. */
const RETRY_AFTER_S = 5

export interface SpanBufferOptions {
  readonly db: SqliteDatabase
  readonly log: Pick<LogWriter, 'count' | 'onRollback'>
  readonly maxBytes: number
}

/** What became of the spans of a request. */
export interface TakenSpans {
  readonly added: number
  readonly repeated: number
  /** What is new, by component. */
  readonly fed: ReadonlyMap<number, readonly SpanFacts[]>
  readonly absorbed: readonly Absorbed[]
}

/** A component that has become part of another, with what it held. */
export interface Absorbed {
  readonly component: number
  readonly into: number
  readonly facts: readonly string[]
  readonly batches: readonly AssembledRow[]
}

/** Keeps spans until nothing can change the batches that they tell of. */
export interface SpanBuffer {
  /**
   * Puts the spans of a request in. Must be called inside a transaction.
   * @throws RequestError 503 when there is no room for them
   */
  take(prepared: PreparedSpans): TakenSpans
  /** Counts bytes that left the buffer. */
  free(bytes: number): void
  /** How full it is; 1 = no room. */
  fullness(): number
}

export function createSpanBuffer({ db, log, maxBytes }: SpanBufferOptions): SpanBuffer {
  const components = openComponentTable(db)
  const receipts = openSpanReceiptTable(db)
  const takeIn = createIntake(db)
  /** Null = to be read again. */
  let bytes: number | null = null
  log.onRollback(() => {
    bytes = null
  })
  const heldBytes = () => {
    bytes ??= components.total().bytes
    return bytes
  }

  return {
    take({ decoded, spans, receipts: kinds, receivedAtMs }) {
      if (spans.length > 0 && heldBytes() >= maxBytes) {
        throw new RequestError(503, 'The span buffer is full.', { retryAfterS: RETRY_AFTER_S })
      }
      const { bytes: takenBytes, ...taken } = takeIn(spans, receivedAtMs)
      bytes = heldBytes() + takenBytes
      for (const kind of kinds) receipts.add({ ...kind, lastSeenMs: receivedAtMs })
      log.count('spans', taken.added)
      log.count('repeated-spans', taken.repeated)
      log.count('rejected-spans', decoded.rejected.count)
      return taken
    },
    free(freed) {
      bytes = heldBytes() - freed
    },
    fullness: () => heldBytes() / maxBytes,
  }
}

type Intake = (spans: readonly PreparedSpan[], nowMs: number) => TakenSpans & { readonly bytes: number }

function createIntake(db: SqliteDatabase): Intake {
  const table = openSpanTable(db)
  const components = openComponentTable(db)
  const assembled = openAssembledTable(db)

  return (spans, nowMs) => {
    const fed = new Map<number, SpanFacts[]>()
    const absorbed: Absorbed[] = []
    let bytes = 0
    let added = 0
    const index = new ComponentIndex(components, nowMs, (component, into) => {
      // All that it holds goes along, also what this very request has brought.
      const held = { facts: table.readComponent(component), batches: assembled.listOfComponent(component) }
      absorbed.push({ component, into, ...held })
      fed.delete(component)
      table.move(component, into)
      assembled.move(component, into)
    })
    for (const { facts, isRecognised } of spans) {
      const spanKey = encodeSpanKey(facts)
      const text = encodeFacts(facts)
      const component = index.place(joiningKeys(facts))
      const span = { spanKey, component, facts: text }
      let known: string | null = null
      if (!table.insert(span)) {
        known = table.read(spanKey)
        if (known === text || !isFuller(facts, decodeFacts(known))) continue
        table.replace(span)
      }
      const grown = text.length - (known?.length ?? -SPAN_OVERHEAD_BYTES)
      index.grow(component, { spans: known === null ? 1 : 0, bytes: grown, isRecognised })
      bytes += grown
      added += 1
      const list = fed.get(component)
      if (list === undefined) fed.set(component, [facts])
      else list.push(facts)
    }
    index.flush()
    return { added, repeated: spans.length - added, fed, absorbed, bytes }
  }
}

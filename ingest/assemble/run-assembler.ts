import { isDeepStrictEqual } from 'node:util'
import type { SpanFacts } from '../dialects/facts.ts'
import { assembleTurns } from './assemble.ts'
import type { AssembledBatch, Superseded } from './assembled.ts'
import { RunIndex } from './runs.ts'
import { type Range, SpanIndex } from './span-index.ts'
import { findSuperseded } from './supersede.ts'
import { type Timed, TimeList } from './time-list.ts'

/** Within so many stretches with model calls of a changed span batches may change. */
const CORE_MODELS = 4
/** So many are read: what lies at the edge of the core needs neighbours too. */
const CONTEXT_MODELS = 8

/** What spans that came in did to the batches of their component. */
export interface AssemblyChange {
  /** Batches that are new or say something else than before. */
  readonly changed: readonly AssembledBatch[]
  readonly superseded: readonly Superseded[]
}

interface TurnEntry extends Timed {
  readonly line: string
  readonly batchId: string
}

interface BatchEntry extends Timed {
  readonly batch: AssembledBatch
}

/**
 * Keeps the batches of one component as its spans come in. Only the turns around what is new are assembled again,
 * so that a span costs the same in a long run as in a short one. What says something of a whole trace (the span of
 * the agent that ends it, a conversation id) costs the trace once.
 */
export class RunAssembler {
  readonly #index = new SpanIndex()
  readonly #runs = new RunIndex()
  readonly #batches = new Map<string, BatchEntry>()
  readonly #byTime = new TimeList<BatchEntry>()
  readonly #turns = new TimeList<TurnEntry>()
  readonly #lines = new Map<string, TimeList<TurnEntry>>()
  #work = 0

  /** How many spans were assembled so far, each as often as it was. */
  get work(): number {
    return this.#work
  }

  /** The batches as they are known now, in no order. */
  get batches(): AssembledBatch[] {
    return [...this.#batches.values()].map(({ batch }) => batch)
  }

  add(facts: readonly SpanFacts[]): AssemblyChange {
    for (const fact of facts) this.#runs.add(fact)
    const seeds = facts.filter((fact) => this.#index.add(fact)).flatMap((fact) => this.#index.rangesOf(fact))
    for (const traceId of this.#runs.takeChanged()) seeds.push(...this.#index.rangesOfTrace(traceId))
    return this.#update(seeds)
  }

  /**
   * Assembles the whole component once more. Windows suffice for any run whose spans are there; where many were
   * lost, a tool may belong to a model call further back than a window reaches.
   */
  settle(): AssemblyChange {
    return this.#update([EVER])
  }

  #update(seeds: readonly Range[]): AssemblyChange {
    const edit: Edit = { before: new Map(), put: new Set(), lines: new Map() }
    for (const core of this.#toCores(seeds)) this.#reassemble(core, edit)
    for (const [line, range] of edit.lines) this.#number(line, range, edit)
    return this.#toChange(edit)
  }

  /** Stretches in which batches may change, joined where they meet. */
  #toCores(seeds: readonly Range[]): Range[] {
    const cores = seeds
      .map(({ fromUs, toUs }) => ({
        fromUs: this.#index.edge(fromUs, CORE_MODELS, -1),
        toUs: this.#index.edge(toUs, CORE_MODELS, 1),
      }))
      .sort((a, b) => a.fromUs - b.fromUs)
    const joined: { fromUs: number; toUs: number }[] = []
    for (const core of cores) {
      const last = joined.at(-1)
      if (last !== undefined && core.fromUs <= last.toUs) last.toUs = Math.max(last.toUs, core.toUs)
      else joined.push({ ...core })
    }
    return joined
  }

  #reassemble(core: Range, edit: Edit): void {
    const margin = CONTEXT_MODELS - CORE_MODELS
    const spans = this.#index.read({
      fromUs: this.#index.edge(core.fromUs, margin, -1),
      toUs: this.#index.edge(core.toUs, margin, 1),
    })
    this.#work += spans.size
    const { batches, turns } = assembleTurns(spans, this.#runs)
    for (const entry of this.#byTime.between(core.fromUs, core.toUs)) this.#drop(entry, edit)
    for (const entry of this.#turns.between(core.fromUs, core.toUs)) {
      this.#turns.remove(entry)
      this.#lines.get(entry.line)?.remove(entry)
      touch(edit, entry)
    }
    for (const batch of batches) if (isWithin(batch.anchorUs, core)) this.#put(batch, edit)
    for (const { model, line, id } of turns) {
      if (!isWithin(model.startUs, core)) continue
      const entry = { atUs: model.startUs, key: model.span.key, line, batchId: id }
      this.#turns.add(entry)
      const list = this.#lines.get(line) ?? new TimeList<TurnEntry>()
      this.#lines.set(line, list)
      list.add(entry)
      touch(edit, entry)
    }
  }

  /** Counts the turns of a line from where it changed to where the count is right again. */
  #number(line: string, range: Range, edit: Edit): void {
    const list = this.#lines.get(line)
    if (list === undefined) return
    for (let i = list.indexOf({ atUs: range.fromUs, key: '' }); i < list.length; i++) {
      const { atUs, batchId } = list.at(i) as TurnEntry
      const entry = this.#batches.get(batchId)
      if (entry === undefined || entry.atUs !== atUs) continue
      const turn = entry.batch.isTurnDeclared ? entry.batch.turn : i + 1
      if (entry.batch.turn !== turn) this.#put({ ...entry.batch, turn }, edit)
      else if (atUs > range.toUs) return
    }
  }

  #put(batch: AssembledBatch, edit: Edit): void {
    const known = this.#batches.get(batch.batchId)
    if (known !== undefined) this.#drop(known, edit)
    const entry = { atUs: batch.anchorUs, key: batch.batchId, batch }
    this.#batches.set(batch.batchId, entry)
    this.#byTime.add(entry)
    edit.put.add(batch.batchId)
  }

  #drop(entry: BatchEntry, edit: Edit): void {
    // What this very edit has put in was not there before it.
    if (!edit.before.has(entry.key) && !edit.put.has(entry.key)) edit.before.set(entry.key, entry.batch)
    this.#batches.delete(entry.key)
    this.#byTime.remove(entry)
  }

  #toChange({ before, put }: Edit): AssemblyChange {
    const now: AssembledBatch[] = []
    for (const id of put) {
      const entry = this.#batches.get(id)
      if (entry !== undefined) now.push(entry.batch)
    }
    const changed = now.filter((batch) => !isDeepStrictEqual(batch, before.get(batch.batchId)))
    return { changed, superseded: findSuperseded([...before.values()], now) }
  }
}

/** What one call of `add` has done so far. */
interface Edit {
  /** Batches as they were, of those that were taken out. */
  readonly before: Map<string, AssembledBatch>
  readonly put: Set<string>
  /** Lines of turns that changed, and where. */
  readonly lines: Map<string, Range>
}

const EVER: Range = { fromUs: Number.NEGATIVE_INFINITY, toUs: Number.POSITIVE_INFINITY }

function isWithin(us: number, { fromUs, toUs }: Range): boolean {
  return us >= fromUs && us <= toUs
}

function touch({ lines }: Edit, { line, atUs }: TurnEntry): void {
  const range = lines.get(line)
  const fromUs = Math.min(range?.fromUs ?? atUs, atUs)
  lines.set(line, { fromUs, toUs: Math.max(range?.toUs ?? atUs, atUs) })
}

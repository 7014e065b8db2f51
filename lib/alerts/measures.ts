import type { EffectSize } from '#lib/contract/alerts.ts'
import { type BatchMeasures, measureBatch } from '#lib/intervals/measure-batch.ts'
import type { AlertKey, AlertKind } from '#lib/model/alert.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import {
  callsOf,
  countOf,
  distinctTools,
  holdsPair,
  isConflicted,
  type TimedRun,
  timedCalls,
} from './calls.ts'
import { joinNames, listKeyTools } from './key-tools.ts'
import type { UsualDurations } from './usual-durations.ts'

/** A batch with what is measured of every batch. */
export interface MeasuredBatch {
  readonly batch: StoredBatch
  readonly measures: BatchMeasures
}

/** What an alert of some kind is about, as one number a batch. */
export interface Measure {
  /** In words, as they stand before "before" and "after". */
  readonly words: string
  readonly unit: EffectSize['unit']
  readonly worse: 'higher' | 'lower'
  /** Null where the batch has nothing to say about it. */
  valueOf(measured: MeasuredBatch): number | null
  /**
   * An estimate of the ms that the batch lost, given the usual value; what batches lose anyway is taken off
   * later. Null where it cannot be told, absent where it is not time that is lost.
   */
  lossOf?(measured: MeasuredBatch, usual: number): number | null
}

/** What can be measured for an alert; where there are several, the one that has changed is what it is about. */
export function measuresOf(kind: AlertKind, key: AlertKey, usual: UsualDurations): readonly Measure[] {
  switch (kind) {
    case 'serialized':
      return [serialization(key)]
    case 'collapse':
      return [callsATurn(key)]
    case 'convoy':
      return [...CROWDS.map((calls) => waiting(key, usual, calls)), wallTime(key)]
    case 'straggler':
      return [duration(key.tool ?? '', null), slowCalls(key.tool ?? '', usual)]
    case 'coupling':
      return coupling(key)
    case 'conflict':
      return [conflict(key)]
    case 'missed':
      return [loneCalls(key)]
  }
}

/** Of the calls that the key names, or of all: 0 = as parallel as intended, 1 = one after another. */
function serialization(key: AlertKey): Measure {
  const tools = listKeyTools(key)
  return {
    words: 'serialization',
    unit: 'ratio',
    worse: 'higher',
    valueOf({ batch, measures }) {
      if (tools.length === 0) return measures.serialization
      if (key.signature !== undefined)
        return distinctTools(batch) === key.signature ? measures.serialization : null
      if (!tools.every((tool) => countOf(batch, tool) > 0)) return null
      return measureBatch({ ...batch, calls: callsOf(batch, tools) }).serialization
    },
    lossOf: ({ measures: { wallUs, idealUs } }) =>
      wallUs === null || idealUs === null ? null : Math.max(0, wallUs - idealUs) / 1000,
  }
}

/** A turn that holds less than usual needs others for the rest, each with a model's turn of its own. */
function callsATurn(key: AlertKey): Measure {
  const tools = listKeyTools(key)
  return {
    words: 'calls a turn',
    unit: 'calls',
    worse: 'lower',
    valueOf: ({ batch, measures }) =>
      tools.length === 0 || tools.some((tool) => countOf(batch, tool) > 0) ? measures.size : null,
    lossOf({ batch, measures }, usual) {
      const share = Math.max(0, 1 - measures.size / usual)
      return (share * ((batch.modelUs ?? 0) + (measures.wallUs ?? 0))) / 1000
    },
  }
}

/** Who shares a pool of k slots waits only where more than k come together. */
const CROWDS = [2, 3, 4, 6]

/** How much longer calls that may wait for one another take together than the longest of them usually does alone. */
function waiting(key: AlertKey, usual: UsualDurations, fewest: number): Measure {
  const tools = listKeyTools(key)
  const waitedMs = ({ batch }: MeasuredBatch): number | null => {
    const runs = timedCalls(batch).filter(({ call }) => tools.length === 0 || tools.includes(call.tool))
    const expected = runs.map(({ call }) => usual.quantile(call.tool, 0.5)).filter((ms) => ms !== null)
    if (runs.length < fewest || expected.length < runs.length) return null
    const fromUs = Math.min(...runs.map(({ startUs }) => startUs))
    const toUs = Math.max(...runs.map(({ endUs }) => endUs))
    return Math.max(0, (toUs - fromUs) / 1000 - Math.max(...expected))
  }
  const names = tools.length === 0 ? 'calls' : joinNames(tools)
  return {
    words: `waiting of ${names} for one another${fewest > 2 ? ` where ${fewest} or more meet` : ''}`,
    unit: 'ms',
    worse: 'higher',
    valueOf: waitedMs,
    lossOf: waitedMs,
  }
}

/** Of batches in which two calls may have waited for one another: where nothing is known from before. */
function wallTime(key: AlertKey): Measure {
  const tools = listKeyTools(key)
  return {
    words: 'wall time',
    unit: 'ms',
    worse: 'higher',
    valueOf: ({ batch, measures }) =>
      tools.length > 0 && callsOf(batch, tools).filter((call) => call.durationUs !== null).length < 2
        ? null
        : inMs(measures.wallUs),
  }
}

/** Where a tool is slow only now and then, its median says nothing. */
function slowCalls(tool: string, usual: UsualDurations): Measure {
  const bound = usual.quantile(tool, SLOW_QUANTILE)
  const inTime = duration(tool, null)
  return {
    ...inTime,
    words: `batches in which ${tool} takes longer than 95 % of its calls did before`,
    unit: 'ratio',
    valueOf(measured) {
      const value = inTime.valueOf(measured)
      return value === null || bound === null ? null : Number(value > bound)
    },
    lossOf: (measured) => inTime.lossOf?.(measured, usual.quantile(tool, 0.5) ?? 0) ?? null,
  }
}

const SLOW_QUANTILE = 0.95

/** Of the longest call of a tool: it is the one that may hold the batch up. */
function duration(tool: string, sibling: string | null): Measure {
  return {
    words: sibling === null ? `duration of ${tool}` : `duration of ${tool} beside ${sibling}`,
    unit: 'ms',
    worse: 'higher',
    valueOf({ batch }) {
      const longest = longestOf(runsBeside(batch, tool, sibling))
      return longest === null ? null : (longest.endUs - longest.startUs) / 1000
    },
    lossOf({ batch, measures }, usual) {
      const longest = longestOf(runsBeside(batch, tool, sibling))
      if (longest === null || measures.lastEndUs === null) return null
      const othersEndUs = timedCalls(batch)
        .filter((run) => run.call !== longest.call)
        .reduce((end, run) => Math.max(end, run.endUs), Number.NEGATIVE_INFINITY)
      return Math.max(0, longest.endUs - Math.max(othersEndUs, longest.startUs + usual * 1000)) / 1000
    },
  }
}

function coupling(key: AlertKey): readonly Measure[] {
  const { tool = '' } = key
  const sibling = key.sibling ?? key.tools?.find((name) => name !== tool) ?? tool
  const failures: Measure = {
    words: `failures of ${tool} beside ${sibling}`,
    unit: 'ratio',
    worse: 'higher',
    valueOf({ batch }) {
      const runs = runsBeside(batch, tool, sibling)
      if (runs.length === 0) return null
      return runs.some(({ call }) => call.outcome === 'error' || call.outcome === 'timeout') ? 1 : 0
    },
  }
  return [failures, duration(tool, sibling)]
}

/** Two of the tools' calls at once on one resource with a write among them, or one write twice. */
function conflict(key: AlertKey): Measure {
  const tools = [...new Set(listKeyTools(key))]
  return {
    words: `batches with a conflict of ${joinNames(tools)}`,
    unit: 'ratio',
    worse: 'higher',
    valueOf: ({ batch }) => (holdsPair(batch, tools) ? Number(isConflicted(batch, tools)) : null),
  }
}

/** Turns that hold a single call although the tools of the key could have gone together. */
function loneCalls(key: AlertKey): Measure {
  const tools = listKeyTools(key)
  return {
    words: `turns with only one of ${joinNames(tools)}`,
    unit: 'ratio',
    worse: 'higher',
    valueOf({ batch, measures }) {
      if (callsOf(batch, tools).length === 0) return null
      return measures.size === 1 ? 1 : 0
    },
    // Two turns that become one save the shorter of their walls and a turn of the model: half of it each.
    lossOf: ({ batch, measures }) =>
      measures.size === 1 ? ((batch.modelUs ?? 0) + (measures.wallUs ?? 0)) / 2000 : 0,
  }
}

/** The tool's calls that ran; with a sibling, those that overlapped it. */
function runsBeside(batch: StoredBatch, tool: string, sibling: string | null): TimedRun[] {
  const runs = timedCalls(batch)
  const own = runs.filter(({ call }) => call.tool === tool)
  if (sibling === null) return own
  return own.filter((run) =>
    runs.some(
      (other) =>
        other.call.tool === sibling &&
        other.call.callId !== run.call.callId &&
        other.startUs < run.endUs &&
        run.startUs < other.endUs,
    ),
  )
}

function longestOf(runs: readonly TimedRun[]): TimedRun | null {
  return runs.reduce<TimedRun | null>(
    (longest, run) =>
      longest === null || run.endUs - run.startUs > longest.endUs - longest.startUs ? run : longest,
    null,
  )
}

function inMs(us: number | null): number | null {
  return us === null ? null : us / 1000
}

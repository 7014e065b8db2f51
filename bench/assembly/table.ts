import { FIGURES, type Verdict } from './judge.ts'
import type { Score } from './trial.ts'

/** Spans that tell of no call at all, and of which nothing was made up. */
const NOTHING = '-'

/** Whether a run came out as it was, both live and in the end. */
export function isRight({ live, final, refusals }: Score): boolean {
  return live.faults.length === 0 && final.faults.length === 0 && refusals.length === 0
}

/** Runs down, variants across, and how many were right of each framework. */
export function formatScores(scores: readonly Score[]): string {
  const variants = [...new Set(scores.map(({ variant }) => variant))]
  const frameworks = [...new Set(scores.map(({ framework }) => framework))]
  const runs = [...new Set(scores.map(({ run }) => run))]
  const rows = runs.map((run) => {
    const own = scores.filter((score) => score.run === run)
    return [
      run,
      ...variants.map((name) => cellOf(own.find(({ variant }) => variant === name))),
      awayOf(own[0]?.final),
    ]
  })
  const totals = [...frameworks.map((name) => [name, name] as const), ['all', null] as const].map(
    ([label, framework]) => [label, ...variants.map((variant) => totalOf(scores, framework, variant)), ''],
  )
  const head = ['run', ...variants, 'ms away']
  return [
    formatColumns([head, ...rows]),
    '',
    'Right of those whose spans tell of a call:',
    formatColumns([['framework', ...variants, ''], ...totals]),
    '',
    LEGEND,
  ].join('\n')
}

const LEGEND = [
  'ok    exactly the right batches, live and final',
  'ok~   likewise, but nobody instrumented (some of) the tools: calls as emitted, without times',
  '-     no span tells of a call, and none was made up',
  'n/m   so many of the turns are right; before it what is wrong',
  "ms away: the furthest start and end from the tools' own clocks, as recorded. More than 2 is right only where",
  'the span itself is as far away; where calls queue within a tool, starts before it are not counted.',
].join('\n')

function cellOf(score: Score | undefined): string {
  if (score === undefined) return ''
  const { live, final } = score
  if (score.refusals.length > 0) return 'refused'
  const worse = final.faults.length > 0 ? final : live
  const prefix = worse === live && live.faults.length > 0 ? 'live ' : ''
  if (worse.faults.length > 0)
    return `${prefix}${figuresOf(worse).join('+')} ${worse.rightTurns}/${worse.turns}`
  if (final.turns === 0) return NOTHING
  return final.untimedCalls > 0 ? 'ok~' : 'ok'
}

function figuresOf({ faults }: Verdict): string[] {
  return FIGURES.filter((figure) => faults.some((fault) => fault.figure === figure))
}

function awayOf(verdict: Verdict | undefined): string {
  if (!verdict?.awayMs) return NOTHING
  return `${verdict.awayMs.start.toFixed(1)} / ${verdict.awayMs.end.toFixed(1)}`
}

function totalOf(scores: readonly Score[], framework: string | null, variant: string): string {
  const own = scores.filter(
    (score) => score.variant === variant && (framework === null || score.framework === framework),
  )
  const told = own.filter(({ final, live }) => final.turns + final.faults.length + live.faults.length > 0)
  if (told.length === 0) return NOTHING
  const turns = told.reduce((sum, { final }) => sum + final.turns, 0)
  const right = told.reduce((sum, { final, live }) => sum + Math.min(final.rightTurns, live.rightTurns), 0)
  const share = right === turns ? '' : ` (${Math.floor((right / turns) * 100)} % of turns)`
  return `${told.filter(isRight).length} of ${told.length}${share}`
}

/** One line for everything that is wrong. */
export function explain({ run, variant, live, final, refusals }: Score): string[] {
  const lines = refusals.map((line) => line)
  const say = (when: string, verdict: Verdict) => {
    for (const { figure, turn, detail } of verdict.faults)
      lines.push(`${when}: ${figure}: ${turn === null ? '' : `turn ${turn}: `}${detail}`)
  }
  say('live', live)
  say('final', final)
  return lines.map((line) => `${run}, ${variant}: ${line}`)
}

function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

import { ChartPanel } from '#components/charts/chart-panel.tsx'
import { OUTCOME_WORDS, OutcomeGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { prepareBreakdown } from '#lib/charts/breakdown.ts'
import { tabulateBreakdown } from '#lib/charts/tool-tables.ts'
import type { ToolDetail } from '#lib/contract/reads.ts'
import { formatNoun } from '#lib/format/number.ts'
import styles from './part-panels.module.css'
import { PartsTable } from './parts-table.tsx'

/** Names shown before the rarest are left to the copied table. */
const TOP = 8
const NAME_CHARS = 28

/** How its calls ended, and how long each kind took. */
export function OutcomePanel({ rows }: { readonly rows: ToolDetail['by_outcome'] }) {
  const seen = rows.filter((row) => row.calls > 0)
  const table = tabulateBreakdown('By outcome', 'Outcome', seen, (row) => OUTCOME_WORDS[row.outcome])
  return (
    <ChartPanel id="outcome" title="Outcomes" note="one scale a panel, from zero" copy={table} table={null}>
      <PartsTable
        label="Outcome"
        rows={prepareBreakdown(seen).rows}
        keyOf={(row) => row.outcome}
        name={(row) => (
          <span className={styles.outcome}>
            <OutcomeGlyph outcome={row.outcome} label={null} />
            {OUTCOME_WORDS[row.outcome]}
          </span>
        )}
      />
    </ChartPanel>
  )
}

export function SizeBandPanel({ rows }: { readonly rows: ToolDetail['by_size'] }) {
  const table = tabulateBreakdown('By size of batch', 'Calls in the batch', rows, (row) => row.size_band)
  return (
    <ChartPanel
      id="size-band"
      title="By size of its batch"
      note="calls in the batch"
      copy={table}
      table={null}
    >
      <PartsTable
        label="Size"
        rows={prepareBreakdown(rows).rows}
        keyOf={(row) => row.size_band}
        name={(row) => <span className={styles.mono}>{row.size_band.replace('-', ' to ')}</span>}
      />
    </ChartPanel>
  )
}

export function AgentPanel({ rows }: { readonly rows: ToolDetail['by_agent'] }) {
  const { rows: shown, hidden } = prepareBreakdown(rows, TOP)
  const table = tabulateBreakdown('By agent', 'Agent', rows, (row) => row.agent)
  return (
    <ChartPanel id="agent" title="By agent" note={hiddenNote(hidden)} copy={table} table={null}>
      <PartsTable
        label="Agent"
        rows={shown}
        keyOf={(row) => row.agent}
        name={(row) => <MiddleTruncate text={row.agent} maxChars={NAME_CHARS} />}
      />
    </ChartPanel>
  )
}

export function VersionPanel({ rows }: { readonly rows: ToolDetail['by_version'] }) {
  const { rows: shown, hidden } = prepareBreakdown(rows, TOP)
  const table = tabulateBreakdown(
    'By version of the agent',
    'Version',
    rows,
    (row) => row.version ?? 'unknown',
  )
  return (
    <ChartPanel
      id="version"
      title="By version"
      note={hidden > 0 ? hiddenNote(hidden) : 'of the agent that called it'}
      copy={table}
      table={null}
    >
      <PartsTable
        label="Version"
        rows={shown}
        keyOf={(row) => row.version ?? ''}
        name={(row) =>
          row.version === null ? (
            <span className={styles.quiet}>unknown</span>
          ) : (
            <span className={styles.mono}>
              <MiddleTruncate text={row.version} maxChars={NAME_CHARS} />
            </span>
          )
        }
      />
    </ChartPanel>
  )
}

function hiddenNote(hidden: number): string {
  return hidden === 0 ? '' : `${formatNoun(hidden, 'rarer one', 'rarer ones')} in the copied table`
}

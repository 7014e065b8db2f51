import { HATCH } from '#components/ui/hatches.tsx'
import type { ExecutorProgress, ExecutorStanding } from '#lib/flags/propagation.ts'
import { layOutCells } from './cell-grid.ts'
import styles from './executor-cells.module.css'
import { nameExecutor, STANDING_WORDS } from './executor-words.ts'

const WIDTH = 280
const HEIGHT = 52

interface ExecutorCellsProps {
  readonly executors: readonly ExecutorProgress[]
  /** What the picture says, for a screen reader. */
  readonly label: string
}

/** A cell an executor, each always in its place: filled = applied, hatched = not yet, dashed = lost. */
export function ExecutorCells({ executors, label }: ExecutorCellsProps) {
  const grid = layOutCells(executors.length, WIDTH, HEIGHT)
  const pitch = grid.size + grid.gap
  const width = grid.columns * pitch - grid.gap
  const height = grid.rows * pitch - grid.gap
  return (
    <svg className={styles.cells} width={width} height={height} role="img" aria-label={label}>
      {Array.from({ length: grid.cells }, (_, index) => {
        const group = executors.slice(index * grid.perCell, (index + 1) * grid.perCell)
        const x = (index % grid.columns) * pitch
        const y = Math.floor(index / grid.columns) * pitch
        return <Cell key={group[0]?.executor.executor_id} group={group} x={x} y={y} size={grid.size} />
      })}
    </svg>
  )
}

interface CellProps {
  readonly group: readonly ExecutorProgress[]
  readonly x: number
  readonly y: number
  readonly size: number
}

const WORST_FIRST: readonly ExecutorStanding[] = ['pending', 'lost', 'applied']

function Cell({ group, x, y, size }: CellProps) {
  const standing = WORST_FIRST.find((worst) => group.some((one) => one.standing === worst)) ?? 'applied'
  const title = group
    .slice(0, 8)
    .map((one) => `${nameExecutor(one.executor)}: ${STANDING_WORDS[one.standing]}`)
    .join('\n')
  if (standing === 'applied') {
    return (
      <rect className={styles.applied} x={x} y={y} width={size} height={size} rx={Math.min(2, size / 4)}>
        <title>{title}</title>
      </rect>
    )
  }
  // The outline is drawn inside, so that all cells are of one size.
  const box = { x: x + 0.5, y: y + 0.5, width: size - 1, height: size - 1, rx: Math.min(1.5, size / 4) }
  return (
    <g className={styles[standing]}>
      <title>{title}</title>
      <rect {...box} fill={fillOf(standing, size)} />
    </g>
  )
}

/** Below this edge a hatch is not seen as one: full ink stands out as well. */
const MIN_HATCHED = 7

function fillOf(standing: ExecutorStanding, size: number): string {
  if (standing !== 'pending') return 'none'
  return size < MIN_HATCHED ? 'var(--ink-1)' : `url(#${HATCH.dispatch})`
}

/** One cell, as the key of a list. */
export function StandingMark({ standing }: { readonly standing: ExecutorStanding }) {
  return (
    <svg width="10" height="10" aria-hidden="true" style={{ flex: 'none' }}>
      {standing === 'applied' ? (
        <rect className={styles.applied} width="10" height="10" rx="2" />
      ) : (
        <g className={styles[standing]}>
          <rect x="0.5" y="0.5" width="9" height="9" rx="1.5" fill={fillOf(standing, 10)} />
        </g>
      )}
    </svg>
  )
}

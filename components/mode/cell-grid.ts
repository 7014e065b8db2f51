/** Where the cells of a picture of many executors stand. */
export interface CellGrid {
  readonly columns: number
  readonly rows: number
  /** Edge of a cell and the gap behind it, in px. */
  readonly size: number
  readonly gap: number
  /** Executors behind one cell: more than one only when there are too many to see. */
  readonly perCell: number
  readonly cells: number
}

const STEPS = [
  { size: 10, gap: 4 },
  { size: 7, gap: 3 },
  { size: 5, gap: 2 },
  { size: 4, gap: 1 },
  { size: 3, gap: 1 },
] as const

/** The largest cells with which all fit into a box; rows are filled evenly. */
export function layOutCells(count: number, width: number, height: number): CellGrid {
  const smallest = STEPS[STEPS.length - 1] ?? STEPS[0]
  const fits = ({ size, gap }: (typeof STEPS)[number]) => ({
    across: Math.floor((width + gap) / (size + gap)),
    down: Math.floor((height + gap) / (size + gap)),
  })
  const step =
    STEPS.find((candidate) => {
      const { across, down } = fits(candidate)
      return across * down >= count
    }) ?? smallest
  const { across, down } = fits(step)
  const perCell = Math.max(1, Math.ceil(count / (across * down)))
  const cells = Math.ceil(count / perCell)
  const rows = Math.max(1, Math.ceil(cells / across))
  return { ...step, columns: Math.ceil(cells / rows), rows, perCell, cells }
}

/*
 * Heights in CSS px inside a row. Each level of detail keeps what can still be told apart at its height.
 */

export type Detail = 'full' | 'dense' | 'line'
export const ROW_DENSITIES = ['full', 'dense', 'line'] as const satisfies readonly Detail[]

interface Lane {
  readonly y: number
  readonly height: number
}

export interface RowGeometry {
  readonly detail: Detail
  readonly rowHeight: number
  readonly bar: Lane
  /** Lower than a bar, so that waiting never reads as work. */
  readonly wait: Lane | null
  readonly band: Lane | null
  readonly ghost: Lane | null
  /** A call without times: a box of one width everywhere, which cannot be read as time. */
  readonly untimedWidth: number
  readonly glyphs: boolean
  /** A hairline under each row would be all there is to see of rows this low. */
  readonly hairline: boolean
}

export const MIN_BAR_PX = 2
export const UNTIMED_PX = 86

const FULL_ROW: RowGeometry = {
  detail: 'full',
  rowHeight: 32,
  bar: { y: 8, height: 12 },
  wait: { y: 10, height: 8 },
  band: { y: 3, height: 26 },
  ghost: { y: 23, height: 4 },
  untimedWidth: UNTIMED_PX,
  glyphs: true,
  hairline: true,
}

/** The same bars under a line of text: rows for a finger. */
const TOUCH_ROW: RowGeometry = {
  ...FULL_ROW,
  rowHeight: 44,
  bar: { y: 24, height: 12 },
  wait: { y: 26, height: 8 },
  band: { y: 19, height: 24 },
  ghost: { y: 39, height: 4 },
}

const DENSE_ROW: RowGeometry = {
  detail: 'dense',
  rowHeight: 12,
  bar: { y: 3, height: 6 },
  wait: { y: 4, height: 4 },
  band: null,
  ghost: null,
  untimedWidth: UNTIMED_PX / 2,
  glyphs: false,
  hairline: false,
}

const LINE_ROW: RowGeometry = {
  detail: 'line',
  rowHeight: 3,
  bar: { y: 0, height: 2 },
  wait: null,
  band: null,
  ghost: null,
  untimedWidth: UNTIMED_PX / 4,
  glyphs: false,
  hairline: false,
}

/** From this many rows on, rows start dense; from the second, as lines. */
const DENSE_FROM_ROWS = 60
const LINE_FROM_ROWS = 600

export function chooseDetail(rowCount: number): Detail {
  if (rowCount < DENSE_FROM_ROWS) return 'full'
  return rowCount < LINE_FROM_ROWS ? 'dense' : 'line'
}

export function rowGeometry(detail: Detail, touch: boolean): RowGeometry {
  if (detail === 'full') return touch ? TOUCH_ROW : FULL_ROW
  return detail === 'dense' ? DENSE_ROW : LINE_ROW
}

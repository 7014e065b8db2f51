/** One line of the benches' table. */
export interface Row {
  readonly what: string
  readonly measured: string
  /** Against the bound that was measured in the same run; null where the figure stands for itself. */
  readonly ratio: number | null
  readonly budget: string
  readonly met: boolean
  /** What was varied, repeated and checked. */
  readonly varied: string
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Lower nearest rank. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.floor(p * (sorted.length - 1))]
  if (value === undefined) throw new Error('no values')
  return value
}

export function formatTable(rows: readonly Row[]): string {
  const lines = rows.map(({ what, measured, ratio, budget, met, varied }) => {
    const shown = ratio === null ? '' : ratio.toFixed(2)
    return `| ${what} | ${measured} | ${shown} | ${budget} | ${met ? 'met' : 'missed'} | ${varied} |`
  })
  return [
    '| what | measured | ratio | budget | | varied and checked |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}

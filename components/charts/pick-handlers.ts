import type { MouseHandlerDataParam } from 'recharts'

/** Handlers of a chart whose marks can be pressed. */
export interface ChartPick {
  readonly onClick: (state: MouseHandlerDataParam) => void
  readonly style: { readonly cursor: 'pointer' | 'default' }
}

/** Turns a press on a chart into the mark that it hit. */
export function pickHandlers<Mark>(
  marks: readonly Mark[],
  onPick: ((mark: Mark) => void) | undefined,
): ChartPick {
  return {
    style: { cursor: onPick === undefined ? 'default' : 'pointer' },
    onClick: ({ activeTooltipIndex }) => {
      const mark = activeTooltipIndex == null ? undefined : marks[Number(activeTooltipIndex)]
      if (mark !== undefined) onPick?.(mark)
    },
  }
}

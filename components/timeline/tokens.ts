/** The design tokens that the canvas paints with, as resolved colours. */
export interface Tokens {
  readonly bg0: string
  readonly bg1: string
  readonly bgHover: string
  readonly bgSelected: string
  readonly line1: string
  readonly line2: string
  readonly line3: string
  readonly ink1: string
  readonly ink2: string
  readonly ink3: string
  readonly run: string
  readonly runDim: string
  readonly wait: string
  readonly band: string
  readonly bandEdge: string
  readonly slow: string
  readonly slowText: string
  readonly slowDim: string
  readonly slowWash: string
  readonly err: string
  readonly errSoft: string
  readonly time: string
  readonly timeSoft: string
  readonly cancel: string
  readonly never: string
  readonly sans: string
  readonly mono: string
}

const NAMES: Record<keyof Tokens, string> = {
  bg0: '--bg-0',
  bg1: '--bg-1',
  bgHover: '--bg-hover',
  bgSelected: '--bg-selected',
  line1: '--line-1',
  line2: '--line-2',
  line3: '--line-3',
  ink1: '--ink-1',
  ink2: '--ink-2',
  ink3: '--ink-3',
  run: '--run',
  runDim: '--run-dim',
  wait: '--wait',
  band: '--band',
  bandEdge: '--band-edge',
  slow: '--slow',
  slowText: '--slow-text',
  slowDim: '--slow-dim',
  slowWash: '--slow-wash',
  err: '--err',
  errSoft: '--err-soft',
  time: '--time',
  timeSoft: '--time-soft',
  cancel: '--cancel',
  never: '--never',
  sans: '--font-sans',
  mono: '--font-mono',
}

/** Costs a style recalculation, so it is called once for each change of theme and never while drawing. */
export function readTokens(element: Element): Tokens {
  const style = getComputedStyle(element)
  const entries = Object.entries(NAMES).map(([key, name]) => [key, style.getPropertyValue(name).trim()])
  return Object.fromEntries(entries) as Record<keyof Tokens, string>
}

/** Calls back after the colour scheme of the page has changed. Returns the way to stop. */
export function onThemeChange(callback: () => void): () => void {
  const observer = new MutationObserver(callback)
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-mantine-color-scheme'],
  })
  return () => observer.disconnect()
}

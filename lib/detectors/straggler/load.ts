/** Sums over calls, each by the inverse of its variance, of the bins by which it took longer than usual. */
export interface Sums {
  weight: number
  sum: number
}

/** How much slower than usual everything is. A tool is compared with what the other tools say. */
export interface LoadSums extends Sums {
  tools: Record<string, Sums>
}

/** The load of an environment, which changes. */
export interface Load extends LoadSums {
  /** The same over all calls ever, unfaded: differences tell of the time in between. */
  heard: LoadSums
  /** Event time at which a call has weight 1: later ones have more, so that earlier ones need not be touched. */
  baseMs: number
}

const MAX_TOOLS = 48
/** One hour or host in ten is loaded, by about so many bins; on others loads differ by less than a bin. */
const LOADED = 0.1
const LOADED_VARIANCE = 25
const USUAL_VARIANCE = 0.1
/** A call of the same run tells more of the host than one of the same hour. */
const RUN_CALLS = 3
const SLIGHT_WEIGHT = 0.1
/** Old calls are brought back to small numbers, and forgotten, once new ones weigh so much more. */
const MAX_GROWTH = 10_000
const FORGOTTEN = 0.002

export function createLoadSums(): LoadSums {
  return { tools: {}, weight: 0, sum: 0 }
}

export function createLoad(nowMs: number): Load {
  return { ...createLoadSums(), heard: createLoadSums(), baseMs: nowMs }
}

/** Weight of a call now, if calls are to fade to 1 / e in `fadeMs`. */
export function growthOf(load: Load, nowMs: number, fadeMs: number): number {
  const growth = Math.exp(Math.max(0, nowMs - load.baseMs) / fadeMs)
  if (growth < MAX_GROWTH) return growth
  load.baseMs = nowMs
  load.weight = 0
  load.sum = 0
  for (const tool of Object.values(load.tools)) {
    tool.weight = round(tool.weight / growth)
    tool.sum = round(tool.sum / growth)
    addTo(load, tool.weight, tool.sum)
  }
  return 1
}

/** `bins`: by how much the call took longer than usual; `spread`: how much it varies anyway. */
export function addLoad(load: LoadSums, name: string, bins: number, spread: number, growth: number): void {
  const weight = growth / (spread * spread + 1)
  let tool = load.tools[name]
  if (tool === undefined) {
    const names = Object.keys(load.tools)
    if (names.length >= MAX_TOOLS) removeTool(load, names[0] as string)
    tool = { weight: 0, sum: 0 }
    load.tools[name] = tool
  }
  addTo(tool, weight, weight * bins)
  addTo(load, weight, weight * bins)
}

/** What all tools but this one have told so far. */
export function sumsBeside(load: LoadSums, name: string): Sums {
  const own = load.tools[name]
  return { weight: load.weight - (own?.weight ?? 0), sum: load.sum - (own?.sum ?? 0) }
}

/**
 * By how many bins other tools than this one are slower than usual, on top of `base`: the posterior mean, given
 * that mostly there is nothing.
 */
export function loadBeside(load: LoadSums, name: string, base: number, growth: number): number {
  const own = load.tools[name]
  const weight = (load.weight - (own?.weight ?? 0)) / growth
  if (weight < FORGOTTEN) return base
  const mean = (load.sum - (own?.sum ?? 0)) / growth / weight - base
  const variance = 1 / weight
  const usual = variance + USUAL_VARIANCE
  const loaded = variance + LOADED_VARIANCE
  const odds =
    (LOADED / (1 - LOADED)) *
    Math.sqrt(usual / loaded) *
    Math.exp(Math.min(50, ((mean * mean) / 2) * (1 / usual - 1 / loaded)))
  return base + ((odds / (1 + odds)) * mean * LOADED_VARIANCE) / loaded
}

/**
 * The same without any prior, for judging a whole excursion by its mean: from what the run and the environment
 * say, a call of the run for several.
 */
export function plainLoadBeside(load: LoadSums, run: LoadSums, name: string, growth: number): number {
  const own = load.tools[name]
  const ownOfRun = run.tools[name]
  const weight =
    (load.weight - (own?.weight ?? 0)) / growth + RUN_CALLS * (run.weight - (ownOfRun?.weight ?? 0))
  const sum = (load.sum - (own?.sum ?? 0)) / growth + RUN_CALLS * (run.sum - (ownOfRun?.sum ?? 0))
  return sum / (weight + SLIGHT_WEIGHT)
}

function removeTool(load: LoadSums, name: string): void {
  const tool = load.tools[name]
  if (tool === undefined) return
  addTo(load, -tool.weight, -tool.sum)
  delete load.tools[name]
}

function addTo(sums: Sums, weight: number, sum: number): void {
  sums.weight = round(sums.weight + weight)
  sums.sum = round(sums.sum + sum)
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

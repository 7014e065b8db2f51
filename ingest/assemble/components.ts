import type { SpanFacts } from '../dialects/facts.ts'
import { joiningIds } from './runs.ts'

/** Where a union-find over keys is kept: in memory, or in the tables beside the span buffer. */
export interface ComponentStore {
  componentOf(key: string): number | undefined
  setComponent(key: string, component: number): void
  /** The component that has taken this one in. */
  parentOf(component: number): number | undefined
  setParent(component: number, parent: number): void
  /** How many keys have led to it; 0 for one that is new. */
  weightOf(component: number): number
  setWeight(component: number, weight: number): void
  newComponent(): number
}

/** What a span did to the components. */
export interface Joined {
  readonly component: number
  /** Components that are now part of it and are none of their own any more. */
  readonly absorbed: readonly number[]
}

/** What a span shares with those it must be assembled with: its trace, its conversation, its call ids. */
export function joiningKeys(facts: SpanFacts): string[] {
  const keys = [`t${facts.traceId}`]
  if (facts.runId !== null) keys.push(`r${facts.runId}`)
  for (const id of joiningIds(facts)) keys.push(`c${id}`)
  return keys
}

/**
 * Puts the span of these keys into its component, joining what it holds together. A component only grows, and is
 * the same set whatever the order. Costs a look-up a key and, amortised, next to nothing for the unions: the
 * lighter component goes into the heavier one.
 */
export function joinComponents(keys: readonly string[], store: ComponentStore): Joined {
  const found = new Set<number>()
  const fresh: string[] = []
  for (const key of keys) {
    const component = store.componentOf(key)
    if (component === undefined) fresh.push(key)
    else found.add(findRoot(component, store))
  }
  const roots = [...found].sort((a, b) => store.weightOf(b) - store.weightOf(a) || a - b)
  const component = roots[0] ?? store.newComponent()
  const absorbed = roots.slice(1)
  let weight = store.weightOf(component) + fresh.length
  for (const root of absorbed) {
    weight += store.weightOf(root)
    store.setParent(root, component)
  }
  for (const key of fresh) store.setComponent(key, component)
  if (fresh.length > 0 || absorbed.length > 0) store.setWeight(component, weight)
  return { component, absorbed }
}

/** The component that this one is part of now; shortens the way for the next. */
export function findRoot(component: number, store: ComponentStore): number {
  let root = component
  for (let next = store.parentOf(root); next !== undefined; next = store.parentOf(root)) root = next
  for (let at = component; at !== root; ) {
    const next = store.parentOf(at) as number
    if (next !== root) store.setParent(at, root)
    at = next
  }
  return root
}

/** Components of this process only. */
export function createComponentMemory(): ComponentStore {
  const components = new Map<string, number>()
  const parents = new Map<number, number>()
  const weights = new Map<number, number>()
  let last = 0
  return {
    componentOf: (key) => components.get(key),
    setComponent: (key, component) => components.set(key, component),
    parentOf: (component) => parents.get(component),
    setParent: (component, parent) => parents.set(component, parent),
    weightOf: (component) => weights.get(component) ?? 0,
    setWeight: (component, weight) => weights.set(component, weight),
    newComponent: () => ++last,
  }
}

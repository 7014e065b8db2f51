/** Reads a property of anything: a throwing getter or proxy trap reads as undefined. */
export function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key]
  } catch {
    // Whatever a stranger's getter throws is its own affair.
    return undefined
  }
}

/** Whether a value may hold properties of its own, a `then` among them. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** The names of a thing's own properties; none when it refuses to be listed. */
export function keysOf(value: unknown): string[] {
  try {
    return Object.keys(Object(value))
  } catch {
    // A proxy's trap threw.
    return []
  }
}

/** The named properties of anything, each read once and now; those of `outer` where it has none. */
export function snapshot(value: unknown, keys: readonly string[], outer?: unknown): Record<string, unknown> {
  const facts: Record<string, unknown> = {}
  for (const key of keys) facts[key] = read(value, key) ?? read(outer, key)
  return facts
}

/** Text of anything; empty when it has none to give. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return value === undefined || value === null ? '' : String(value)
  } catch {
    // Objects without a usable toString.
    return ''
  }
}

/** The values of anything iterable, up to `max`; empty when it cannot be iterated. */
export function toList(value: unknown, max: number): unknown[] {
  const list: unknown[] = []
  if (typeof value === 'string') return list
  try {
    for (const item of value as Iterable<unknown>) {
      if (list.length >= max) break
      list.push(item)
    }
  } catch {
    // What came before the failure is kept.
  }
  return list
}

/** An integer of at least `min`, else null. */
export function toInt(value: unknown, min: number): number | null {
  return Number.isSafeInteger(value) && (value as number) >= min ? (value as number) : null
}

/** A finite number of at least 0 and below the contract's bound of a span, else null. */
export function toMs(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= 1e10 ? value : null
}

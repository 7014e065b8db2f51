import type { ModeGuard } from '#lib/contract/mode.ts'
import type { AlertKind } from '#lib/model/alert.ts'

/** A guard as it is written in a form; empty fields are bounds that are not set. */
export interface GuardDraft {
  readonly isOn: boolean
  readonly kinds: readonly AlertKind[]
  /** Per cent. */
  readonly failing: string
  readonly wallMs: string
  readonly lastBatches: string
  readonly cooldownMin: string
}

const MIN_MS = 60_000
/** What hurts when calls overlap: races, siblings that spoil each other, a resource that gives way. */
const DEFAULT_KINDS: readonly AlertKind[] = ['conflict', 'coupling', 'convoy']

export function draftGuard(guard: ModeGuard | null): GuardDraft {
  if (guard === null) {
    const numbers = { failing: '5', wallMs: '', lastBatches: '50', cooldownMin: '15' }
    return { isOn: false, kinds: DEFAULT_KINDS, ...numbers }
  }
  return {
    isOn: true,
    kinds: guard.alert_kinds ?? [],
    failing:
      guard.max_failing_share === null ? '' : String(Number((guard.max_failing_share * 100).toPrecision(6))),
    wallMs: guard.max_wall_p95_ms === null ? '' : String(guard.max_wall_p95_ms),
    lastBatches: String(guard.last_batches),
    cooldownMin: String(guard.cooldown_ms / MIN_MS),
  }
}

/** Which fields hold something else than they should. */
export interface GuardFaults {
  readonly failing: boolean
  readonly wallMs: boolean
  readonly lastBatches: boolean
  readonly cooldownMin: boolean
  /** It names nothing to act on. */
  readonly nothing: boolean
}

export function findGuardFaults(draft: GuardDraft): GuardFaults {
  const isFailing = inRange(draft.failing, 0, 100)
  const isWall = draft.wallMs.trim() === '' || inRange(draft.wallMs, 1, Number.MAX_SAFE_INTEGER)
  return {
    failing: !(draft.failing.trim() === '' || isFailing),
    wallMs: !isWall,
    lastBatches: !(inRange(draft.lastBatches, 10, 1000) && Number.isInteger(Number(draft.lastBatches))),
    cooldownMin: !inRange(draft.cooldownMin, 0, 7 * 24 * 60),
    nothing: draft.kinds.length === 0 && draft.failing.trim() === '' && draft.wallMs.trim() === '',
  }
}

/** The guard that a draft comes to: null = none, undefined = a field is wrong. */
export function resolveGuard(draft: GuardDraft, was: ModeGuard | null): ModeGuard | null | undefined {
  if (!draft.isOn) return null
  if (Object.values(findGuardFaults(draft)).some(Boolean)) return undefined
  const orNull = (text: string) => (text.trim() === '' ? null : Number(text))
  const failing = orNull(draft.failing)
  return {
    alert_kinds: draft.kinds.length === 0 ? null : [...draft.kinds],
    max_failing_share: failing === null ? null : Number((failing / 100).toPrecision(10)),
    max_wall_p95_ms: orNull(draft.wallMs),
    last_batches: Number(draft.lastBatches),
    cooldown_ms: Number(draft.cooldownMin) * MIN_MS,
    fired_at: was?.fired_at ?? null,
    fired_because: was?.fired_because ?? null,
  }
}

function inRange(text: string, min: number, max: number): boolean {
  const value = Number(text)
  return text.trim() !== '' && value >= min && value <= max
}

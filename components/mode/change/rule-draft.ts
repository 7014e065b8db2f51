import type { ModeRule } from '#lib/contract/mode.ts'

/** A rule as it would be: for everything and for ever, but for what is given. Who set it is the server's to say. */
export function draftRule(
  change: Partial<ModeRule> & Pick<ModeRule, 'id' | 'mode'>,
  nowMs: number,
): ModeRule {
  return {
    environment: null,
    agent: null,
    tool: null,
    percentage: null,
    expires_at: null,
    reason: null,
    guard: null,
    set_by: '',
    set_at: nowMs,
    ...change,
  }
}

/**
 * An id for a new rule. Minted here and not by the server, so that a draft keeps its id, and with it the
 * runs that a share takes, when it is written again after a conflict.
 */
export function mintRuleId(): string {
  // `randomUUID` is missing where a page is served over plain HTTP from another machine.
  const bytes = crypto.getRandomValues(new Uint8Array(4))
  return `rule_${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

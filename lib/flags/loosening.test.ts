import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModeRule } from '#lib/contract/mode.ts'
import { isLoosening } from './loosening.ts'
import { isLive, matchesScope, rankRules, strictness } from './precedence.ts'
import { anyRules, NOW_MS, ruleOf } from './rules.test-util.ts'

const HOUR_MS = 3_600_000

/** Between two neighbours of these every share of the lists below takes all or none. */
const PLACES = [0, 10, 25, 50]
const SCOPES = ['kyc', 'triage', 'nobody'].flatMap((agent) =>
  ['production', 'staging', 'nowhere'].map((environment) => ({ agent, environment })),
)
const TIMES = [NOW_MS, NOW_MS + 60_000, NOW_MS + HOUR_MS]

/** A run is where it stands in the share of each rule id. */
type Run = ReadonlyMap<string, number>

function* everyRun(ids: readonly string[], run: Run = new Map()): Generator<Run> {
  const [id, ...rest] = ids
  if (id === undefined) yield run
  else for (const place of PLACES) yield* everyRun(rest, new Map(run).set(id, place))
}

/** How strictly a run's calls of the tool `refund` are scheduled: the rules read literally. */
function strictnessOf(
  rules: readonly ModeRule[],
  scope: (typeof SCOPES)[number],
  run: Run,
  atMs: number,
  withTool: boolean,
): number {
  const takes = (rule: ModeRule) => rule.percentage === null || (run.get(rule.id) as number) < rule.percentage
  const base = rankRules(rules, scope, atMs).find(takes)?.mode ?? 'parallel'
  const ofTool = rules.filter(
    (rule) => rule.tool !== null && isLive(rule, atMs) && matchesScope(rule, scope) && takes(rule),
  )
  return Math.max(strictness(base), ...(withTool ? ofTool.map((rule) => strictness(rule.mode)) : []))
}

function loosensLiterally(before: readonly ModeRule[], after: readonly ModeRule[]): boolean {
  const partial = [...before, ...after].filter((rule) => rule.percentage !== null)
  const runs = [...everyRun([...new Set(partial.map((rule) => rule.id))])]
  return runs.some((run) =>
    SCOPES.some((scope) =>
      TIMES.some((atMs) =>
        [false, true].some(
          (withTool) =>
            strictnessOf(after, scope, run, atMs, withTool) <
            strictnessOf(before, scope, run, atMs, withTool),
        ),
      ),
    ),
  )
}

/** Two lists that share some ids, as a list before and after a person's hand. */
const edited = fc
  .tuple(anyRules, anyRules, fc.array(fc.nat(3), { maxLength: 3 }))
  .map(([list, other, kept]) => {
    const before = list.slice(0, 3)
    const after = other.slice(0, 3).map((rule, i) => ({ ...rule, id: `r${kept[i] ?? i + 1}` }))
    const unique = after.filter((rule, i) => after.findIndex(({ id }) => id === rule.id) === i)
    return [before, unique] as const
  })

describe('a change of the rules', () => {
  it('loosens exactly when some run, somewhere, at some time gets a looser mode', () => {
    fc.assert(
      fc.property(edited, ([before, after]) => {
        expect(isLoosening(before, after, NOW_MS)).toBe(loosensLiterally(before, after))
      }),
      { numRuns: 1500 },
    )
  })

  it('does not loosen when nothing changes', () => {
    fc.assert(
      fc.property(anyRules, (rules) => {
        expect(isLoosening(rules, rules, NOW_MS)).toBe(false)
      }),
    )
  })

  it('loosens by taking a rule out, and tightens by putting it in', () => {
    const rules = [ruleOf('a', { mode: 'serial', agent: 'kyc' })]
    expect(isLoosening(rules, [], NOW_MS)).toBe(true)
    expect(isLoosening([], rules, NOW_MS)).toBe(false)
  })

  it('loosens by an earlier end, which comes later', () => {
    const until = (expires_at: number | null) => [ruleOf('a', { mode: 'serial', expires_at })]
    expect(isLoosening(until(NOW_MS + HOUR_MS), until(NOW_MS + 60_000), NOW_MS)).toBe(true)
    expect(isLoosening(until(NOW_MS + HOUR_MS), until(null), NOW_MS)).toBe(false)
  })

  it('loosens when the same share goes to another id, which takes other runs', () => {
    const share = (id: string) => [ruleOf(id, { mode: 'serial', percentage: 50 })]
    expect(isLoosening(share('a'), share('b'), NOW_MS)).toBe(true)
    expect(isLoosening(share('a'), share('a'), NOW_MS)).toBe(false)
  })

  it('does not loosen by dropping what another rule demands anyway', () => {
    const all = ruleOf('all', { mode: 'serial' })
    const tool = ruleOf('tool', { mode: 'reads-only', tool: 'refund' })
    expect(isLoosening([all, tool], [all], NOW_MS)).toBe(false)
    expect(isLoosening([all, tool], [tool], NOW_MS)).toBe(true)
  })

  it('is judged at once for the longest list there may be, one that it cannot judge as loosening', () => {
    const many = Array.from({ length: 1_000 }, (_, i) =>
      ruleOf(`r${i}`, {
        agent: i % 3 === 0 ? `agent-${i}` : null,
        environment: i % 3 === 1 ? `environment-${i}` : null,
        tool: i % 3 === 2 ? `tool-${i}` : null,
        mode: 'reads-only',
        percentage: 50,
        expires_at: NOW_MS + 1 + i,
      }),
    )
    const stricter = many.map((rule) => ({ ...rule, mode: 'serial' as const }))
    expect(isLoosening(many, stricter, NOW_MS)).toBe(true)
    expect(isLoosening([], stricter, NOW_MS)).toBe(false)
    expect(isLoosening(many.slice(0, 30), stricter.slice(0, 30), NOW_MS)).toBe(false)
  })
})

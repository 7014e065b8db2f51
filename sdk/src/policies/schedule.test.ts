import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createParascope } from '../index.ts'
import { type PolicyCall, type PolicyContext, policyExecutor } from '../policies.ts'
import { turnOfLoop } from './tools.test-util.ts'

/*
 * Whatever is declared and whatever fails: seen from inside the tools, nothing overlaps that the plan keeps
 * apart, no cap is passed, and every call gets one answer in its place.
 */

const scope = createParascope({
  url: 'http://127.0.0.1:9',
  agent: 'tester',
  report: false,
  modeUpdates: 'off',
})
afterAll(() => scope.shutdown(10))

const PATHS: Record<string, readonly string[] | undefined> = {
  read_a: ['a'],
  read_a1: ['a/1'],
  read_b: ['b'],
  read_blind: undefined,
  write_a1: ['a/1'],
  write_a2: ['a/2'],
  write_b: ['b'],
  write_blind: undefined,
  unknown: ['a'],
}
const TOOLS = Object.keys(PATHS)
const isRead = (tool: string) => tool.startsWith('read')

const batch = fc.record({
  calls: fc.array(
    fc.record({
      tool: fc.constantFrom(...TOOLS),
      failures: fc.constantFrom(0, 0, 0, 1, 2, 5),
      turns: fc.integer({ min: 0, max: 3 }),
      needs: fc.array(fc.nat({ max: 7 }), { maxLength: 2 }),
      group: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  concurrency: fc.integer({ min: 1, max: 4 }),
  writes: fc.constantFrom('one-at-a-time' as const, 'independent' as const),
  groups: fc.constantFrom('free' as const, 'in-order' as const),
  failsFast: fc.boolean(),
})

function mustBeApart(a: string, b: string, all: readonly string[], writes: string): boolean {
  if (isRead(a) && isRead(b)) return false
  if (!isRead(a) && !isRead(b) && writes === 'one-at-a-time') return true
  const blindRead = all.some((tool) => isRead(tool) && PATHS[tool] === undefined)
  if (blindRead || PATHS[a] === undefined || PATHS[b] === undefined) return true
  const isBelow = (x: string, y: string) => x === y || x.startsWith(`${y}/`)
  return (PATHS[a] ?? []).some((x) => (PATHS[b] ?? []).some((y) => isBelow(x, y) || isBelow(y, x)))
}

describe('under policies', () => {
  it('nothing overlaps that is kept apart, no cap is passed, every call has one answer', async () => {
    const property = fc.asyncProperty(batch, async ({ calls, concurrency, writes, groups, failsFast }) => {
      const names = calls.map(({ tool }) => tool)
      const open = new Set<number>()
      const attempts = calls.map(() => 0)
      const run = async ({ callId = '' }: PolicyCall, { attempt, signal }: PolicyContext) => {
        const i = Number(callId)
        const { tool, failures, turns } = calls[i] as (typeof calls)[number]
        expect(open.has(i)).toBe(false)
        attempts[i] = (attempts[i] ?? 0) + 1
        expect(attempt).toBe(attempts[i])
        for (const other of open) expect(mustBeApart(tool, names[other] ?? '', names, writes)).toBe(false)
        open.add(i)
        expect(open.size).toBeLessThanOrEqual(concurrency)
        signal.addEventListener('abort', () => open.delete(i))
        for (let turn = 0; turn < turns; turn++) await turnOfLoop()
        open.delete(i)
        if (attempt <= failures) throw Object.assign(new Error('busy'), { retriable: true })
        return i
      }
      const tools = Object.fromEntries(
        TOOLS.map((tool) => [
          tool,
          {
            effect: isRead(tool) ? 'read' : tool === 'unknown' ? 'unknown' : 'write',
            resources: PATHS[tool] && (() => PATHS[tool] as string[]),
            retry: { attempts: 3, initialDelayMs: 1, maxDelayMs: 1 },
            onFailure: failsFast ? 'fail-fast' : 'partial',
          } as const,
        ]),
      )
      const given = calls.map(({ tool, needs, group }, i) => ({
        callId: `${i}`,
        tool,
        dependsOn: needs.map(String),
        group,
      }))
      const results = await policyExecutor(scope, { run, tools, concurrency, writes, groups })(given)
      expect(results.map(({ callId }) => callId)).toEqual(given.map(({ callId }) => callId))
      for (const [i, result] of results.entries()) {
        const { failures } = calls[i] as (typeof calls)[number]
        if (result.status === 'ok') expect(result.data).toBe(i)
        if (result.status === 'error') expect(attempts[i]).toBe(3)
        if (!failsFast && result.status !== 'cancelled')
          expect(result.status).toBe(failures < 3 ? 'ok' : 'error')
      }
    })
    await fc.assert(property, { numRuns: 200 })
  }, 60_000)
})

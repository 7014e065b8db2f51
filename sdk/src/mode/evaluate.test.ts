import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Mode } from '../types.ts'
import { evaluateMode, hashFnv1a, type ModeRule, parseModeState, takes } from './evaluate.ts'

/*
 * fixtures/golden/mode-evaluation.json: what the rules of the mode switch say, by which the server's
 * evaluation is tested too.
 *   hash   text -> its 32-bit FNV-1a over UTF-8, and where the text is `rule id:key` the share of that run:
 *          its fnv1a, mixed, as one of 10,000 buckets; a rule's `percentage` must exceed it to take the run
 *   cases  rules and a query (key = run_id, else batch_id) -> the mode of the batch, and the mode of each
 *          tool that a rule holds to a tighter one
 */
interface Golden {
  readonly hash: readonly { readonly text: string; readonly fnv1a: number; readonly share: number | null }[]
  readonly cases: readonly {
    readonly name: string
    readonly rules: readonly ModeRule[]
    readonly query: { agent: string; environment: string; key: string; now_ms: number }
    readonly expected: { readonly mode: Mode; readonly tools: Readonly<Record<string, Mode>> }
  }[]
}
const file = new URL('../../../fixtures/golden/mode-evaluation.json', import.meta.url)
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'))

describe('evaluateMode', () => {
  it('reads the golden cases', () => expect(golden.cases.length).toBeGreaterThanOrEqual(25))

  it.each(golden.cases.map((item) => [item.name, item] as const))('%s', (_, { rules, query, expected }) => {
    const { agent, environment, key, now_ms: nowMs } = query
    const { mode, tools } = evaluateMode(rules, { agent, environment, key, nowMs })
    expect({ mode, tools: Object.fromEntries(tools) }).toEqual(expected)
  })

  it.each(golden.hash.map((item) => [item.text, item] as const))('hashes %j as everybody does', (_, item) => {
    expect(hashFnv1a(item.text)).toBe(item.fnv1a)
    if (item.share === null) return
    const [id = '', ...key] = item.text.split(':')
    expect(takes({ id, percentage: item.share }, key.join(':'))).toBe(false)
    expect(takes({ id, percentage: item.share + 1e-6 }, key.join(':'))).toBe(true)
  })

  it.each([
    ['counted runs', (i: number) => `run-${i}`],
    ['uuids', () => crypto.randomUUID()],
    ['hex trace ids', () => crypto.randomUUID().replaceAll('-', '')],
  ])('takes about its share of %s', (_, toKey) => {
    const keys = Array.from({ length: 20_000 }, (_, i) => toKey(i))
    for (const percentage of [5, 30, 50, 90]) {
      const taken = keys.filter((key) => takes({ id: 'rule', percentage }, key)).length / keys.length
      expect(Math.abs(taken * 100 - percentage)).toBeLessThan(2)
    }
  })
})

describe('parseModeState', () => {
  const rule = { id: 'a', mode: 'serial' }
  const state = (rules: unknown) => JSON.stringify({ revision: 3, default: 'parallel', rules })

  it('takes what is absent for null and leaves out what it does not know', () => {
    expect(parseModeState(state([{ ...rule, reason: 'x', set_by: 'y' }]))).toEqual({
      revision: 3,
      rules: [
        {
          id: 'a',
          environment: null,
          agent: null,
          tool: null,
          mode: 'serial',
          percentage: null,
          expires_at: null,
        },
      ],
    })
  })

  it.each([
    'nothing',
    '',
    'null',
    '[]',
    '{}',
    '{"revision":1}',
    '{"revision":-1,"rules":[]}',
    '{"revision":"1","rules":[]}',
    '{"revision":1,"rules":{}}',
    state([null]),
    state([{ ...rule, mode: 'sideways' }]),
    state([{ ...rule, agent: 7 }]),
    state([{ ...rule, percentage: '50' }]),
    state([{ mode: 'serial' }]),
  ])('refuses %s as a whole', (text) => expect(parseModeState(text)).toBe(null))
})

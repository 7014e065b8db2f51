import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SpanFacts } from '../dialects/facts.ts'
import {
  type ComponentStore,
  createComponentMemory,
  findRoot,
  joinComponents,
  joiningKeys,
} from './components.ts'
import { model, returned, tool } from './facts.test-util.ts'

const A = 'call_aa11bb22'

it('joins what shares a trace, a conversation or a call id, and nothing else', () => {
  const store = createComponentMemory()
  const put = (facts: SpanFacts) => joinComponents(joiningKeys(facts), store)
  const first = put(
    model({ id: 'm1', trace: 'x', at: [0, 1], emits: [`order#${A}`, 'mail#call_1'] }),
  ).component
  expect(put(tool({ id: 't1', trace: 'x', at: [1, 2], call: 'order' })).component).toBe(first)
  const other = put(tool({ id: 't2', trace: 'y', at: [1, 2], call: 'mail#call_1', run: 'c' })).component
  expect(other).not.toBe(first)
  const joined = put(
    model({ id: 'm2', trace: 'z', at: [3, 4], emits: [], sees: [returned(`order#${A}`)], run: 'c' }),
  )
  expect(joined.absorbed).toEqual([joined.component === first ? other : first])
  expect(findRoot(first, store)).toBe(findRoot(other, store))
})

it('comes to the same components in every order', () => {
  const aSpan = fc.array(fc.integer({ min: 0, max: 12 }).map(String), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(
      fc
        .array(aSpan, { minLength: 1, maxLength: 15 })
        .chain((spans) =>
          fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length })),
        ),
      ([spans, shuffled]) => {
        expect(partition(shuffled)).toEqual(partition(spans))
      },
    ),
  )
})

it('reads no more of the store for the ten-thousandth span of a run than for the hundredth', () => {
  let reads = 0
  const memory = createComponentMemory()
  const store: ComponentStore = {
    ...memory,
    componentOf: (key) => {
      reads++
      return memory.componentOf(key)
    },
    parentOf: (component) => {
      reads++
      return memory.parentOf(component)
    },
  }
  const costs: number[] = []
  for (let i = 0; i < 10_000; i++) {
    reads = 0
    joinComponents([`t${i % 100}`, 'rconversation', `c${i}`], store)
    costs.push(reads)
  }
  expect(Math.max(...costs.slice(5000))).toBeLessThanOrEqual(Math.max(...costs.slice(100, 200)))
})

function partition(spans: readonly (readonly string[])[]): string[] {
  const store = createComponentMemory()
  for (const keys of spans) joinComponents(keys, store)
  const members = new Map<number, Set<string>>()
  for (const key of spans.flat()) {
    const root = findRoot(store.componentOf(key) as number, store)
    members.set(root, (members.get(root) ?? new Set()).add(key))
  }
  return [...members.values()].map((keys) => [...keys].sort().join()).sort()
}

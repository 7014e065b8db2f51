import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SpanFacts } from '../dialects/facts.ts'
import { assemble } from './assemble.ts'
import type { AssembledBatch } from './assembled.ts'
import { agent, model, returned, step, strip, tool } from './facts.test-util.ts'

interface Plan {
  readonly shape: 'flat' | 'steps' | 'held'
  readonly nested: boolean
  readonly twin: boolean
  readonly turns: readonly {
    readonly calls: readonly { tool: string; ms: number; sub: boolean }[]
    retried: boolean
  }[]
}

const TOOLS = ['order', 'fraud', 'mail', 'ship', 'search', 'fetch', 'rate', 'tax', 'lock', 'quote']

const aCall = fc.record({
  tool: fc.constantFrom(...TOOLS),
  ms: fc.integer({ min: 4, max: 300 }),
  sub: fc.boolean(),
})
const aPlan: fc.Arbitrary<Plan> = fc.record({
  shape: fc.constantFrom('flat', 'steps', 'held'),
  nested: fc.boolean(),
  twin: fc.boolean(),
  turns: fc.array(
    fc.record({
      calls: fc.uniqueArray(aCall, { minLength: 0, maxLength: 5, selector: ({ tool: name }) => name }),
      retried: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  ),
})

/** The spans of a run that went by the plan, in their tidy order. */
function play(plan: Plan): SpanFacts[] {
  const facts: SpanFacts[] = []
  const seen: ReturnType<typeof returned>[] = []
  let now = 10
  plan.turns.forEach(({ calls, retried }, n) => {
    const parent = plan.shape === 'steps' ? `step${n}` : 'root'
    const startedAt = now
    if (retried) {
      facts.push(model({ id: `f${n}`, in: parent, at: [now, now + 20], emits: null, failed: true }))
      now += 20
    }
    const emits = calls.map(({ tool: name }, i) => `${name}#call_t${n}x${i}abcdef9(${n}-${i})`)
    const modelAt = now + 5
    now += 85
    const handed = now + 2
    const longest = Math.max(0, ...calls.map(({ ms }) => ms))
    const holds = plan.shape === 'held'
    const at = [modelAt, holds ? handed + longest + 1 : now] as const
    facts.push(model({ id: `m${n}`, in: parent, at, emits, sees: [...seen] }))
    if (plan.twin)
      facts.push(model({ id: `w${n}`, in: `m${n}`, at: [modelAt + 1, now - 1], emits: null, dialect: 'two' }))
    calls.forEach(({ ms, sub }, i) => {
      const [id, call] = [`t${n}-${i}`, emits[i] as string]
      facts.push(tool({ id, in: holds ? `m${n}` : parent, at: [handed, handed + ms], call }))
      if (plan.nested) {
        const [name = ''] = call.split('#')
        facts.push(tool({ id: `${id}n`, in: id, at: [handed + 1, handed + ms - 1], call: name }))
      }
      if (sub && ms > 200) facts.push(...playInner(id, handed + 2))
      seen.push(returned(call))
    })
    now = handed + longest + 3
    if (plan.shape === 'steps') facts.push(step({ id: parent, in: 'root', at: [startedAt, now] }))
  })
  facts.push(agent({ id: 'root', at: [0, now + 5], agent: 'support' }))
  return facts
}

/** An agent called as a tool: two calls, an answer. */
function playInner(parent: string, at: number): SpanFacts[] {
  const call = (name: string) => `${name}#call_${parent}${name}abc123`
  return [
    model({ id: `${parent}m1`, in: parent, at: [at, at + 50], emits: [call('dig'), call('sift')] }),
    tool({ id: `${parent}d`, in: parent, at: [at + 52, at + 90], call: call('dig') }),
    tool({ id: `${parent}s`, in: parent, at: [at + 52, at + 120], call: call('sift') }),
    model({ id: `${parent}m2`, in: parent, at: [at + 121, at + 180], emits: [] }),
  ]
}

/** What a batch says of its calls, whatever their ids and their order. */
function timesOf({ startedAtUs, calls }: AssembledBatch) {
  const told = calls.map(({ tool: name, startUs, durationUs, outcome }) => [
    name,
    startUs,
    durationUs,
    outcome,
  ])
  return { startedAtUs, calls: told.map(String).sort() }
}

function expectedSizes({ turns }: Plan): number[] {
  return turns.flatMap(({ calls }) => {
    if (calls.length === 0) return []
    const subs = calls.filter(({ sub, ms }) => sub && ms > 200)
    return [calls.length, ...subs.map(() => 2)]
  })
}

it('gives the same batches for every order, split and repetition of the spans', () => {
  fc.assert(
    fc.property(
      aPlan
        .map(play)
        .chain((facts) =>
          fc.tuple(
            fc.constant(facts),
            fc.shuffledSubarray(facts, { minLength: facts.length }),
            fc.subarray(facts),
          ),
        ),
      ([tidy, shuffled, again]) => {
        expect(assemble([...shuffled, ...again])).toEqual(assemble(tidy))
      },
    ),
    { numRuns: 150 },
  )
})

it('finds every turn with every call, each by its id', () => {
  fc.assert(
    fc.property(aPlan, (plan) => {
      const batches = assemble(play(plan))
      expect(batches.map(({ calls }) => calls.length)).toEqual(expectedSizes(plan))
      expect(batches.every(({ evidence }) => evidence === 'call-id')).toBe(true)
      expect(batches.every(({ calls }) => calls.every(({ outcome }) => outcome === 'ok'))).toBe(true)
      expect(new Set(batches.map(({ batchId }) => batchId)).size).toBe(batches.length)
    }),
    { numRuns: 150 },
  )
})

it.each([
  ['parents', ['call-id']],
  ['ids', ['arguments', 'time']],
  ['contents', ['time']],
] as const)('keeps the batches without %s, by weaker evidence', (what, evidence) => {
  fc.assert(
    fc.property(aPlan, (plan) => {
      const tidy = assemble(play(plan))
      const stripped = assemble(play(plan).map((fact) => strip(fact, what)))
      expect(stripped.map(timesOf)).toEqual(tidy.map(timesOf))
      // Without parents an agent called as a tool can't be told from its caller, so that turns are counted together.
      if (what !== 'parents') expect(stripped.map(({ turn }) => turn)).toEqual(tidy.map(({ turn }) => turn))
      for (const batch of stripped) expect(evidence).toContain(batch.evidence)
    }),
    { numRuns: 150 },
  )
})

it('never puts one span into two batches', () => {
  fc.assert(
    fc.property(
      aPlan.map(play).chain((facts) => fc.shuffledSubarray(facts)),
      (facts) => {
        const spans = assemble(facts).flatMap((batch) => batch.spans)
        expect(new Set(spans).size).toBe(spans.length)
      },
    ),
    { numRuns: 150 },
  )
})

import fc from 'fast-check'
import type { SpanFacts } from '../dialects/facts.ts'
import { agent, model, returned, step, strip, tool } from './facts.test-util.ts'

/** A run to be played: how its framework nests spans, and what happens in it. */
export interface Plan {
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
/** Any short run. */
export const aPlan = aPlanOf(6)

function aPlanOf(maxTurns: number): fc.Arbitrary<Plan> {
  return fc.record({
    shape: fc.constantFrom('flat', 'steps', 'held'),
    nested: fc.boolean(),
    twin: fc.boolean(),
    turns: fc.array(
      fc.record({
        calls: fc.uniqueArray(aCall, { minLength: 0, maxLength: 5, selector: ({ tool: name }) => name }),
        retried: fc.boolean(),
      }),
      { minLength: 1, maxLength: maxTurns },
    ),
  })
}

/** The spans of a run that went by the plan, in their tidy order. */
export function play(plan: Plan): SpanFacts[] {
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

const aFault = fc.record({
  lost: fc.boolean(),
  stripped: fc.subarray(['parents', 'ids', 'contents'] as const),
  backwards: fc.boolean(),
  conversation: fc.boolean(),
  late: fc.integer({ min: -30, max: 30 }),
})

/**
 * Spans as a bad day gives them: two runs at a time, some spans lost, some without parents, ids or contents, some
 * with clocks that are off, some that name a conversation, counted call ids in one of the runs.
 */
export const aMess = aMessOf(6)
/** One so short that a window holds it. */
export const aShortMess = aMessOf(2)

function aMessOf(maxTurns: number): fc.Arbitrary<SpanFacts[]> {
  return fc
    .tuple(aPlanOf(maxTurns), aPlanOf(maxTurns), fc.infiniteStream(fc.option(aFault, { freq: 2 })))
    .map(([one, two, faults]) => {
      const facts = [...play(one), ...play(two).map(countIds)]
      return facts.flatMap((fact) => {
        const fault = faults.next().value
        if (!fault) return [fact]
        return fault.lost ? [] : [spoil(fact, fault)]
      })
    })
}

type Fault = typeof aFault extends fc.Arbitrary<infer T> ? T : never

function spoil(facts: SpanFacts, { stripped, backwards, conversation, late }: Fault): SpanFacts {
  let spoilt = facts
  for (const what of stripped) spoilt = strip(spoilt, what)
  const startUs = spoilt.startUs + late * 1000
  const endUs = backwards ? startUs - 1 : spoilt.endUs + late * 1000
  return { ...spoilt, startUs, endUs, runId: conversation ? 'talk' : null }
}

/** The same in another trace, with ids as frameworks give that count calls from 0. */
function countIds(facts: SpanFacts): SpanFacts {
  const count = <T extends { readonly callId: string | null }>(call: T): T => ({
    ...call,
    callId: call.callId?.replace(/^call_t\d+x(\d+).*$/, 'call_$1') ?? null,
  })
  const own = facts.facts
  if (own.role === 'tool') return { ...facts, traceId: 'trace-2', facts: count(own) }
  if (own.role === 'scope') return { ...facts, traceId: 'trace-2' }
  const emitted = own.emitted?.map(count) ?? null
  return { ...facts, traceId: 'trace-2', facts: { ...own, emitted, returned: own.returned.map(count) } }
}

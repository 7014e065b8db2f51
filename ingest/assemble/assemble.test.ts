import { describe, expect, it } from 'vitest'
import { assemble } from './assemble.ts'
import { agent, emitted, model, returned, step, tell, tool } from './facts.test-util.ts'

const A = 'call_aa11bb22'
const B = 'call_bb22cc33'
const C = 'call_cc33dd44'
const root = agent({ id: 'root', at: [0, 1000], agent: 'support' })

describe('a tidy run', () => {
  const facts = [
    root,
    model({ id: 'm1', in: 'root', at: [1, 80], emits: [`order#${A}(1)`, `fraud#${B}(2)`] }),
    tool({ id: 't1', in: 'root', at: [82, 200], call: `order#${A}(1)` }),
    tool(
      { id: 't2', in: 'root', at: [82, 260], call: `fraud#${B}(2)` },
      { outcome: 'error', errorCode: '503' },
    ),
    model({ id: 'm2', in: 'root', at: [262, 340], emits: [`refund#${C}(3)`] }),
    tool({ id: 't3', in: 'root', at: [341, 500], call: `refund#${C}(3)` }),
    model({ id: 'm3', in: 'root', at: [501, 590], emits: [] }),
  ]

  it('gives a batch a turn with calls, outcomes and times', () => {
    expect(tell(assemble(facts))).toEqual([
      `call-id 1: order#${A} ok 0+118, fraud#${B} error 0+178`,
      `call-id 2: refund#${C} ok 0+159`,
    ])
  })

  it('tells the agent, the run, the model and its time', () => {
    expect(assemble(facts)[0]).toMatchObject({
      agent: 'support',
      environment: 'default',
      runId: 'trace-1',
      model: 'model-1',
      provider: 'provider-1',
      inputTokens: 10,
      outputTokens: 5,
      emittedCalls: 2,
      startedAtUs: 82_000,
      modelUs: 79_000,
      mode: null,
    })
  })

  it('keeps the id of a batch while its tools come in', () => {
    const early = assemble([facts[1] as (typeof facts)[number]])
    expect(early[0]?.batchId).toBe(assemble(facts)[0]?.batchId)
    expect(tell(early)).toEqual([`call-id 1: order#${A} unknown, fraud#${B} unknown`])
  })
})

describe('evidence', () => {
  it('finds tools without ids by name and arguments', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: [`search#${A}(lis)`, `search#${B}(opo)`] }),
      tool({ id: 't1', at: [81, 200], call: 'search(opo)' }),
      tool({ id: 't2', at: [81, 300], call: 'search(lis)' }),
    ]
    expect(tell(assemble(facts))).toEqual([`arguments 1: search#${A} ok 0+219, search#${B} ok 0+119`])
  })

  it('finds tools by name when arguments are told in two forms', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: [`order#${A}({"id":1})`, `fraud#${B}({"id":2})`] }),
      tool({ id: 't1', at: [81, 200], call: 'order(1)' }),
      tool({ id: 't2', at: [81, 300], call: 'fraud(2)' }),
    ]
    expect(tell(assemble(facts))).toEqual([`time 1: order#${A} ok 0+119, fraud#${B} ok 0+219`])
  })

  it('takes what ran between two model calls when no emission is told', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: null }),
      tool({ id: 't1', at: [81, 200], call: 'order' }),
      tool({ id: 't2', at: [201, 300], call: 'fraud' }),
      model({ id: 'm2', at: [301, 380], emits: null }),
      tool({ id: 't3', at: [381, 400], call: 'refund' }),
    ]
    expect(tell(assemble(facts))).toEqual([
      'time 1: order#t1 ok 0+119, fraud#t2 ok 120+99',
      'time 2: refund#t3 ok 0+19',
    ])
  })

  it('shows what overlapped when only tools are told, and does not take touching for it', () => {
    const facts = [
      tool({ id: 't1', at: [0, 100.4], call: 'order' }),
      tool({ id: 't2', at: [10, 60], call: 'fraud' }),
      tool({ id: 't3', at: [100, 200], call: 'refund' }),
    ]
    expect(tell(assemble(facts))).toEqual([
      'overlap null: order#t1 ok 0+100.4, fraud#t2 ok 10+50',
      'overlap null: refund#t3 ok 0+100',
    ])
  })

  it('shows what was emitted, with no times, when only the model is told', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: [`order#${A}`, `fraud#${B}`, `mail#${C}`] }),
      model({
        id: 'm2',
        at: [200, 300],
        emits: [],
        sees: [returned(`order#${A}`), returned(`fraud#${B}`, true), returned(`mail#${C}`, null)],
      }),
    ]
    expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} ok, fraud#${B} error, mail#${C} unknown`])
    expect(assemble(facts)[0]?.startedAtUs).toBe(80_000)
  })

  it('believes a history that calls a result a failure', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: [`order#${A}`] }),
      tool({ id: 't1', at: [81, 200], call: `order#${A}` }),
      model({ id: 'm2', at: [200, 300], emits: [], sees: [returned(`order#${A}`, true)] }),
    ]
    expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} error 0+119`])
  })

  it('tells the tools of a turn apart when ids are counted anew in every turn', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: ['order#call_0', 'fraud#call_1'] }),
      tool({ id: 't1', at: [81, 200], call: 'order#call_0' }),
      tool({ id: 't2', at: [81, 210], call: 'fraud#call_1' }),
      model({ id: 'm2', at: [211, 280], emits: ['order#call_0'] }),
      tool({ id: 't3', at: [281, 300], call: 'order#call_0' }),
    ]
    expect(tell(assemble(facts))).toEqual([
      'call-id 1: order#call_0 ok 0+119, fraud#call_1 ok 0+129',
      'call-id 2: order#call_0 ok 0+19',
    ])
  })
})

describe('what is seen twice', () => {
  it('is one call when a tool span lies in a tool span of the same call', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: [`order#${A}(1)`, `fraud#${B}(2)`] }),
      tool({ id: 'o1', at: [81, 200], call: `order#${A}(1)` }),
      tool({ id: 'o2', in: 'o1', at: [82, 199], call: 'server.order' }, { outcome: 'error' }),
      tool({ id: 'o3', in: 'o2', at: [83, 198], call: 'order' }),
      tool({ id: 't2', at: [81, 300], call: `fraud#${B}(2)` }),
    ]
    const told = [`call-id 1: order#${A} ok 0+119, fraud#${B} ok 0+219`]
    expect(tell(assemble(facts))).toEqual(told)
    expect(tell(assemble(facts.map((fact) => ({ ...fact, parentSpanId: null }))))).toEqual(told)
  })

  it('is one call when a client and a server tell it that no parent joins, each in its own words', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: ['getOrder(1)', 'fraud(2)'] }),
      tool({ id: 'o1', at: [81, 200], call: 'get_order(1)', dialect: 'client' }),
      tool({ id: 'o2', in: 'lost', at: [84, 198], call: 'get_order(1)', dialect: 'server' }),
      tool({ id: 't2', at: [81, 300], call: 'fraud(2)', dialect: 'client' }),
    ]
    expect(assemble(facts).map(({ calls }) => calls.map((call) => [call.tool, call.durationUs]))).toEqual([
      [
        ['getOrder', 119_000],
        ['fraud', 219_000],
      ],
    ])
  })

  it('is one turn when a model call is told by an outer and an inner span', () => {
    const facts = [
      model({ id: 'm1', at: [0, 90], emits: null, dialect: 'chain' }),
      model({ id: 'm2', in: 'm1', at: [10, 80], emits: [`order#${A}`], dialect: 'client' }),
      tool({ id: 't1', at: [92, 200], call: `order#${A}` }),
      model({ id: 'm3', at: [210, 290], emits: [], dialect: 'chain' }),
    ]
    expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} ok 0+108`])
    expect(assemble(facts)[0]?.modelUs).toBe(70_000)
  })

  it('is one turn when two instrumentations tell a model call side by side', () => {
    const facts = [
      model({ id: 'm1', at: [0, 90], emits: [`order#${A}`], dialect: 'one' }),
      model({ id: 'm2', at: [1, 89], emits: [`order#${A}`], dialect: 'two', trace: 'other' }),
      tool({ id: 't1', at: [92, 200], call: `order#${A}` }),
    ]
    expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} ok 0+108`])
  })

  it('is one turn when a step tells what the call within it emitted, also without parents', () => {
    const facts = [
      model({ id: 's1', at: [0, 208], emits: [`order#${A}`] }),
      model({ id: 'm1', at: [5, 208], emits: null }),
      tool({ id: 't1', at: [92, 200], call: `order#${A}` }),
      model({ id: 's2', at: [210, 400], emits: [`fraud#${B}`] }),
      model({ id: 'm2', at: [211, 400], emits: null }),
      tool({ id: 't2', at: [292, 390], call: `fraud#${B}` }),
    ]
    expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} ok 0+108`, `call-id 2: fraud#${B} ok 0+98`])
  })

  it('stays two turns when a span around a loop calls itself a model call', () => {
    const facts = [
      model({ id: 'loop', at: [0, 400], emits: null }),
      model({ id: 'm1', in: 'loop', at: [0, 80], emits: [`order#${A}`] }),
      tool({ id: 't1', in: 'loop', at: [81, 200], call: `order#${A}` }),
      model({ id: 'm2', in: 'loop', at: [201, 280], emits: [`fraud#${B}`] }),
      tool({ id: 't2', in: 'loop', at: [281, 390], call: `fraud#${B}` }),
    ]
    expect(tell(assemble(facts))).toEqual([
      `call-id 1: order#${A} ok 0+119`,
      `call-id 2: fraud#${B} ok 0+109`,
    ])
  })

  it('keeps two equal calls apart', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: ['ping', 'ping'] }),
      tool({ id: 't1', at: [81, 200], call: 'ping' }),
      tool({ id: 't2', at: [81, 200], call: 'ping' }),
    ]
    expect(assemble(facts)[0]?.calls.map(({ durationUs }) => durationUs)).toEqual([119_000, 119_000])
  })
})

describe('turns', () => {
  it('are not counted for a model call that failed and was repeated', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: [`order#${A}`] }),
      tool({ id: 't1', at: [81, 200], call: `order#${A}` }),
      model({ id: 'm2', at: [201, 210], emits: null, failed: true }),
      model({ id: 'm3', at: [400, 480], emits: [`fraud#${B}`] }),
      tool({ id: 't2', at: [481, 500], call: `fraud#${B}` }),
    ]
    expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} ok 0+119`, `call-id 2: fraud#${B} ok 0+19`])
  })

  it('of an agent called as a tool are its own, with or without a span of the agent', () => {
    const inner = (parent: string) => [
      model({ id: 's1', in: parent, at: [100, 150], emits: null }),
      tool({ id: 'u1', in: parent, at: [151, 200], call: 'search' }),
      tool({ id: 'u2', in: parent, at: [151, 220], call: 'fetch' }),
      model({ id: 's2', in: parent, at: [221, 280], emits: null }),
    ]
    const outer = [
      root,
      model({ id: 'm1', in: 'root', at: [0, 80], emits: null }),
      tool({ id: 't1', in: 'root', at: [90, 300], call: 'researcher' }),
      tool({ id: 't2', in: 'root', at: [90, 320], call: 'order' }),
      model({ id: 'm2', in: 'root', at: [321, 400], emits: null }),
    ]
    const told = [
      'time 1: order#t2 ok 0+230, researcher#t1 ok 0+210',
      'time 1: search#u1 ok 0+49, fetch#u2 ok 0+69',
    ]
    const sorted = (lines: string[]) =>
      lines.map((line) => [...line.matchAll(/\w+#\w+ ok [\d+]+/g)].map(String).sort())
    expect(sorted(tell(assemble([...outer, ...inner('t1')])))).toEqual(sorted(told))
    const named = agent({ id: 'sub', in: 't1', at: [95, 299], agent: 'researcher' })
    const batches = assemble([...outer, named, ...inner('sub')])
    expect(sorted(tell(batches))).toEqual(sorted(told))
    expect(batches.map((batch) => batch.agent)).toEqual(['support', 'researcher'])
  })

  it('of a framework that names a step an agent are those of the run', () => {
    const facts = [
      root,
      agent({ id: 'n1', in: 'root', at: [0, 81] }),
      model({ id: 'm1', in: 'n1', at: [0, 80], emits: null }),
      step({ id: 'n2', in: 'root', at: [81, 300] }),
      tool({ id: 't1', in: 'n2', at: [82, 200], call: 'order' }),
      agent({ id: 'n3', in: 'root', at: [301, 390] }),
      model({ id: 'm2', in: 'n3', at: [302, 380], emits: null }),
      tool({ id: 't2', in: 'n2', at: [392, 400], call: 'refund' }),
    ]
    expect(tell(assemble(facts))).toEqual(['time 1: order#t1 ok 0+118', 'time 2: refund#t2 ok 0+8'])
  })

  it('go on over traces that a call id or a conversation joins', () => {
    const ids = [
      model({ id: 'm1', trace: 'x', at: [0, 80], emits: [`order#${A}`] }),
      model({ id: 'm2', trace: 'y', at: [200, 280], emits: [`fraud#${B}`], sees: [returned(`order#${A}`)] }),
    ]
    expect(tell(assemble(ids))).toEqual([`call-id 1: order#${A} ok`, `call-id 2: fraud#${B} unknown`])
    expect(assemble(ids).map(({ runId }) => runId)).toEqual(['x', 'x'])
    const conversation = [
      model({ id: 'm1', trace: 'x', at: [0, 80], emits: null, run: 'c' }),
      tool({ id: 't1', trace: 'y', at: [81, 120], call: 'order', run: 'c' }),
      model({ id: 'm2', trace: 'z', at: [200, 280], emits: null, run: 'c' }),
      tool({ id: 't2', trace: 'z', in: 'm2', at: [281, 320], call: 'fraud', run: 'c' }),
    ]
    expect(tell(assemble(conversation))).toEqual(['time 1: order#t1 ok 0+39', 'time 2: fraud#t2 ok 0+39'])
  })

  it('end their model time with the first tool when the model span holds the tools', () => {
    const facts = [
      model({ id: 'm1', at: [0, 600], emits: [`order#${A}`] }),
      tool({ id: 't1', in: 'm1', at: [84, 500], call: `order#${A}` }),
    ]
    expect(assemble(facts)[0]?.modelUs).toBe(84_000)
  })

  it('keep a tool that was over within the millisecond in which the next model call began', () => {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits: null }),
      tool({ id: 't1', at: [81, 81.2], call: 'order' }),
      model({ id: 'm2', at: [81, 160], emits: null }),
    ]
    expect(tell(assemble(facts))).toEqual(['time 1: order#t1 ok 0+0.2'])
  })
})

it('learns from the next model call what a stream emitted that was run together or not told', () => {
  const shown = { count: 1, last: [emitted(`order#${A}`), emitted(`fraud#${B}`)] }
  for (const emits of [[`orderfraud#${A}${B}`], null]) {
    const facts = [
      model({ id: 'm1', at: [0, 80], emits }),
      tool({ id: 't1', at: [81, 200], call: 'order' }),
      tool({ id: 't2', at: [81, 210], call: 'fraud' }),
      model({ id: 'm2', at: [211, 290], emits: [] }, { earlier: shown }),
      model({ id: 'm3', at: [291, 390], emits: null }, { earlier: shown }),
      model({ id: 'm4', at: [391, 490], emits: [] }, { earlier: shown }),
    ]
    expect(tell(assemble(facts))).toEqual([`time 1: order#${A} ok 0+119, fraud#${B} ok 0+129`])
  }
})

describe('odd times', () => {
  it('are kept and flagged when a span ends before it starts', () => {
    const [batch] = assemble([tool({ id: 't1', at: [100, 90], call: 'order' })])
    expect(batch?.calls[0]).toMatchObject({ startUs: 0, durationUs: 0 })
    expect(batch?.flags).toEqual(['clock-skew'])
  })

  it('do not part calls from the model when clocks disagree', () => {
    const facts = [
      model({ id: 'm1', at: [100, 180], emits: [`order#${A}`] }),
      tool({ id: 't1', at: [20, 60], call: `order#${A}` }),
    ]
    expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} ok 0+40`])
    expect(assemble(facts)[0]).toMatchObject({ modelUs: 0, flags: ['clock-skew'] })
  })

  it('of clocks that were never set are no times of the call, and cost its siblings none', () => {
    const YEARS_MS = 20 * 366 * 86_400_000
    const facts = [
      model({ id: 'm1', at: [YEARS_MS, YEARS_MS + 80], emits: [`order#${A}`, `fraud#${B}`] }),
      tool({ id: 't1', at: [20, 60], call: `order#${A}` }),
      tool({ id: 't2', at: [YEARS_MS + 81, YEARS_MS + 90], call: `fraud#${B}` }),
    ]
    expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} ok, fraud#${B} ok 0+9`])
    expect(assemble(facts)[0]).toMatchObject({ startedAtUs: (YEARS_MS + 81) * 1000, flags: ['clock-skew'] })
  })

  it('are kept and flagged when a span would last for years', () => {
    const [batch] = assemble([tool({ id: 't1', at: [100, 20 * 366 * 86_400_000], call: 'order' })])
    expect(batch?.calls[0]).toMatchObject({ startUs: 0, durationUs: 0 })
    expect(batch?.flags).toEqual(['clock-skew'])
  })

  it('do not matter to children that outlive their parents', () => {
    const facts = [
      agent({ id: 'root', at: [0, 50] }),
      model({ id: 'm1', in: 'root', at: [0, 80], emits: [`order#${A}`] }),
      tool({ id: 't1', in: 'root', at: [82, 900], call: `order#${A}` }),
    ]
    expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} ok 0+818`])
  })
})

it('numbers calls of one id within what an id may be long', () => {
  const id = `call_${'7aB'.repeat(83)}xy`
  const [batch] = assemble([model({ id: 'm1', at: [0, 80], emits: [`order#${id}`, `order#${id}`] })])
  expect(batch?.calls.map(({ callId }) => [callId.length, callId.startsWith(id.slice(0, 200))])).toEqual([
    [256, true],
    [248, true],
  ])
  expect(batch?.calls[1]?.callId).toMatch(/#2$/)
})

it('counts attempts of a call that failed and was repeated', () => {
  const facts = [
    model({ id: 'm1', at: [0, 80], emits: [`order#${A}`] }),
    tool({ id: 't1', at: [81, 100], call: `order#${A}` }, { outcome: 'timeout' }),
    tool({ id: 't2', at: [110, 150], call: `order#${A}` }),
  ]
  expect(tell(assemble(facts))).toEqual([`call-id 1: order#${A} timeout 0+19, order#${A}/2 ok 29+40`])
})

it('leaves out what a tool calls inside itself', () => {
  const facts = [
    model({ id: 'm1', at: [0, 80], emits: null }),
    tool({ id: 't1', at: [81, 200], call: 'report' }),
    tool({ id: 't2', in: 't1', at: [90, 150], call: 'query' }),
  ]
  expect(tell(assemble(facts))).toEqual(['time 1: report#t1 ok 0+119'])
})

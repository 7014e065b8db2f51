import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SpanFacts } from '../dialects/facts.ts'
import { assemble } from './assemble.ts'
import type { AssembledBatch } from './assembled.ts'
import { agent, model, returned, tool } from './facts.test-util.ts'
import { aMess, aPlan, aShortMess, play } from './plans.test-util.ts'
import { RunAssembler } from './run-assembler.ts'

const A = 'call_aa11bb22'

it('ends with the batches of the whole, however its spans were ordered, split and repeated', () => {
  fc.assert(
    fc.property(
      fc
        .oneof(aPlan.map(play), aShortMess)
        .chain((facts) =>
          fc.tuple(
            fc.constant(facts),
            fc.shuffledSubarray(facts, { minLength: facts.length }),
            fc.subarray(facts),
            fc.integer({ min: 1, max: 6 }),
          ),
        ),
      ([tidy, shuffled, again, size]) => {
        const assembler = new RunAssembler()
        const told = new Map<string, AssembledBatch>()
        const arrivals = [...shuffled, ...again]
        for (let i = 0; i < arrivals.length; i += size) {
          const { changed, superseded } = assembler.add(arrivals.slice(i, i + size))
          for (const { batchId } of superseded) expect(told.delete(batchId)).toBe(true)
          for (const batch of changed) told.set(batch.batchId, batch)
        }
        expect(byId(assembler.batches)).toEqual(byId(assemble(tidy)))
        // Who only follows the changes knows the same.
        expect(byId([...told.values()])).toEqual(byId(assemble(tidy)))
      },
    ),
    { numRuns: 150 },
  )
})

it('settles to the batches of the whole where more was lost than a window can see', () => {
  fc.assert(
    fc.property(aMess, fc.integer({ min: 1, max: 20 }), (facts, size) => {
      const assembler = new RunAssembler()
      for (let i = 0; i < facts.length; i += size) assembler.add(facts.slice(i, i + size).reverse())
      assembler.settle()
      expect(byId(assembler.batches)).toEqual(byId(assemble(facts)))
    }),
    { numRuns: 50 },
  )
})

it('ends with the batches of the whole in a run that is many windows long', () => {
  const facts = longRun(60)
  fc.assert(
    fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (shuffled) => {
      const assembler = new RunAssembler()
      for (let i = 0; i < shuffled.length; i += 7) assembler.add(shuffled.slice(i, i + 7))
      expect(byId(assembler.batches)).toEqual(byId(assemble(facts)))
    }),
    { numRuns: 10 },
  )
})

it('assembles no more spans for a span late in a run than for one early in it', () => {
  const assembler = new RunAssembler()
  const costs = longRun(1000).map((fact) => {
    const before = assembler.work
    assembler.add([fact])
    return assembler.work - before
  })
  // The last span is the agent's: it names the run, once.
  const worst = (from: number, to: number) => Math.max(...costs.slice(from, to))
  expect(worst(2000, -1)).toBeLessThanOrEqual(worst(100, 300))
})

it('assembles no more for a trace late in a conversation than for one early in it', () => {
  const assembler = new RunAssembler()
  const costs: number[] = []
  for (let n = 0; n < 300; n++) {
    const before = assembler.work
    const place = { trace: `trace-${n}`, run: 'talk' }
    const call = `order#call_${n}abcdefgh`
    const sees = n === 0 ? [] : [returned(`order#call_${n - 1}abcdefgh`)]
    assembler.add([model({ ...place, id: 'm', at: [n * 100, n * 100 + 50], emits: [call], sees })])
    assembler.add([tool({ ...place, id: 't', at: [n * 100 + 52, n * 100 + 90], call })])
    costs.push(assembler.work - before)
  }
  expect(assembler.batches.map(({ turn }) => turn)).toEqual(costs.map((_, i) => i + 1))
  expect(Math.max(...costs.slice(100))).toBeLessThanOrEqual(Math.max(...costs.slice(20, 60)))
})

it('says nothing when the same spans come again', () => {
  const assembler = new RunAssembler()
  const facts = longRun(5)
  assembler.add(facts)
  expect(assembler.add(facts)).toEqual({ changed: [], superseded: [] })
})

it('says by which batch one is superseded whose tools turn out to be of a model call', () => {
  const assembler = new RunAssembler()
  const alone = assembler.add([tool({ id: 't1', in: 'root', at: [82, 200], call: `order#${A}` })])
  const emitted = assembler.add([model({ id: 'm1', in: 'root', at: [1, 80], emits: [`order#${A}`] })])
  expect(alone.changed).toMatchObject([{ evidence: 'overlap' }])
  expect(emitted.changed).toMatchObject([{ evidence: 'call-id' }])
  expect(emitted.superseded).toEqual([
    { batchId: alone.changed[0]?.batchId, supersededBy: emitted.changed[0]?.batchId },
  ])
})

it('keeps the id and changes the content while the tools of a turn come in', () => {
  const assembler = new RunAssembler()
  const first = assembler.add([model({ id: 'm1', at: [1, 80], emits: [`order#${A}`] })])
  const second = assembler.add([tool({ id: 't1', at: [82, 200], call: `order#${A}` })])
  expect(second.changed[0]?.batchId).toBe(first.changed[0]?.batchId)
  expect(second.superseded).toEqual([])
})

/** A run of so many turns of two tools, the agent's span last; without content, so that only time tells. */
function longRun(turns: number): SpanFacts[] {
  const facts: SpanFacts[] = []
  for (let n = 0; n < turns; n++) {
    const at = n * 400
    facts.push(model({ id: `m${n}`, in: 'root', at: [at, at + 80], emits: null }))
    facts.push(tool({ id: `a${n}`, in: 'root', at: [at + 81, at + 200], call: 'order' }))
    facts.push(tool({ id: `b${n}`, in: 'root', at: [at + 82, at + 399.5], call: 'fraud' }))
  }
  facts.push(agent({ id: 'root', at: [0, turns * 400], agent: 'support' }))
  return facts
}

function byId(batches: readonly AssembledBatch[]): AssembledBatch[] {
  return [...batches].sort((a, b) => (a.batchId < b.batchId ? -1 : 1))
}

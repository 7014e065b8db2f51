import fc from 'fast-check'
import { expect, it } from 'vitest'
import { assemble } from './assemble.ts'
import type { AssembledBatch } from './assembled.ts'
import { strip } from './facts.test-util.ts'
import { aMess, aPlan, type Plan, play } from './plans.test-util.ts'

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
      fc
        .oneof(aPlan.map(play), aMess)
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
    fc.property(aMess, (facts) => {
      const spans = assemble(facts).flatMap((batch) => batch.spans)
      expect(new Set(spans).size).toBe(spans.length)
    }),
    { numRuns: 150 },
  )
})

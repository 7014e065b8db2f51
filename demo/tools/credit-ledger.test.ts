import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findLostUpdates } from './credit-ledger.ts'

test('what the audit calls lost is exactly what the balance lacks, for any interleaving', () => {
  // Each writer reads the state left by some earlier write, adds its amount and writes the sum.
  const interleavings = fc.array(
    fc.record({ amountCents: fc.integer({ min: 1, max: 1000 }), staleness: fc.nat(4) }),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(interleavings, (writers) => {
      const balances = [0]
      const entries = writers.map(({ amountCents, staleness }, index) => {
        const readEntryId = Math.max(0, index - staleness)
        balances.push((balances[readEntryId] ?? 0) + amountCents)
        return { id: index + 1, callId: `call_${index + 1}`, amountCents, readEntryId }
      })
      const sum = writers.reduce((total, writer) => total + writer.amountCents, 0)
      const lost = findLostUpdates(entries, entries.length)
      const lostCents = lost.reduce((total, update) => total + update.amountCents, 0)
      expect(sum - lostCents).toBe(balances.at(-1))
    }),
  )
})

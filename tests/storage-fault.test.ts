import { describe, expect, it } from 'vitest'
import { endureFault } from './testing/endure-fault.ts'
import { createRandom } from './testing/random.ts'
import { STORAGE_FAULTS } from './testing/storage-faults.ts'

/** The trial, `npm run trial:crash`, causes all of them. */
const possible = STORAGE_FAULTS.filter((kind) => kind.isTypical && kind.whyNot() === null)

describe('a server whose storage fails', () => {
  it.each(possible.map((kind) => [kind.name, kind] as const))(
    'refuses, loses nothing and goes on by itself: %s',
    async (_, kind) => {
      const endured = await endureFault(kind, createRandom(11))
      expect(endured.broken).toEqual([])
      expect(endured.stored).toBe(endured.acknowledged)
    },
  )
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateCache, type StoredState } from './state-cache.ts'

const MAX_KEYS = 4

/** Where states are between flushes: rows by key. */
class Disk {
  readonly rows = new Map<string, StoredState>()

  write(cache: StateCache): void {
    const { written, deleted } = cache.takeChanges()
    for (const key of deleted) this.rows.delete(key)
    for (const state of written) this.rows.set(state.key, state)
  }

  load(): StateCache {
    return new StateCache(
      [...this.rows.values()].sort((a, b) => a.used - b.used),
      MAX_KEYS,
    )
  }

  list(): StoredState[] {
    return [...this.rows.values()].sort((a, b) => a.used - b.used)
  }
}

const use = (cache: StateCache, key: string) => {
  cache.use(key, () => ({ uses: 0 })).uses += 1
}

describe('detector states', () => {
  it('are the same bytes on disk, however often they were written and read again on the way', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
    const step = fc.record({ key, next: fc.constantFrom('nothing', 'write', 'restart') })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const plain = new StateCache([], MAX_KEYS)
        const disk = new Disk()
        let cut = disk.load()
        for (const { key, next } of steps) {
          use(plain, key)
          use(cut, key)
          if (next !== 'nothing') disk.write(cut)
          if (next === 'restart') cut = disk.load()
        }
        disk.write(cut)
        const plainDisk = new Disk()
        plainDisk.write(plain)
        expect(disk.list()).toEqual(plainDisk.list())
      }),
    )
  })

  it('go back to the last write when the process is killed, and on from there', () => {
    const disk = new Disk()
    const cache = disk.load()
    use(cache, 'a')
    disk.write(cache)
    use(cache, 'a')
    expect(disk.load().peek('a')).toEqual({ uses: 1 })
  })

  it('give way when there are too many, the one that was not used longest first', () => {
    const cache = new StateCache([], 2)
    for (const key of ['a', 'b', 'a', 'c']) use(cache, key)
    expect(cache.peek('b')).toBeNull()
    expect(cache.peek('a')).toEqual({ uses: 2 })
    expect(cache.size).toBe(2)
  })

  it('are not kept longer for being looked at, nor written', () => {
    const cache = new StateCache([{ key: 'a', used: 1, json: '{}' }], 1)
    cache.peek('a')
    expect(cache.pending).toBe(0)
    use(cache, 'b')
    expect(cache.takeChanges()).toEqual({
      written: [{ key: 'b', used: 2, json: '{"uses":1}' }],
      deleted: ['a'],
    })
  })
})

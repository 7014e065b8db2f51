import { copyFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openForReading, openForWriting } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { RequestError } from '#ingest/errors.ts'
import { createTempLog, type TempLog } from '../../tests/testing/temp-log.ts'
import { createGroupCommit } from './group-commit.ts'
import { describeStorageFault, storageUnavailable } from './storage-fault.ts'

let store: TempLog
beforeEach(() => {
  store = createTempLog()
})
afterEach(() => store[Symbol.dispose]())

function createCommits(log: Pick<LogWriter, 'transaction'> = store.log) {
  const groups: number[] = []
  const faults: string[] = []
  const { write } = createGroupCommit({
    log,
    describeFault: describeStorageFault,
    toError: storageUnavailable,
    onCommit: (bytes) => groups.push(bytes),
    onFault: ({ reason }) => faults.push(reason),
  })
  return { write, groups, faults }
}
const nothing = () => undefined
const count = (name: 'duplicates' | 'conflicts') => () => store.log.count(name, 1)
const counted = () => store.db.prepare('select name, value from counters order by name').raw().all()

describe('writes in groups', () => {
  it('share a commit and resolve, in order, once it is on disk', async () => {
    const { write, groups } = createCommits()
    const order: number[] = []
    const writes = [1, 2, 3].map(async (n) => {
      const value = await write({ prepare: () => n, work: (prepared) => prepared * 10, size: () => 7 })
      expect(store.db.inTransaction).toBe(false)
      order.push(n)
      return value
    })
    expect(await Promise.all(writes)).toEqual([10, 20, 30])
    expect(order).toEqual([1, 2, 3])
    expect(groups).toEqual([21])
  })

  it('fail alone when they are wrong in themselves', async () => {
    const { write, faults } = createCommits()
    const results = await Promise.allSettled([
      write({ prepare: nothing, work: count('duplicates') }),
      write({
        prepare: nothing,
        work: () => {
          store.log.count('conflicts', 100)
          throw new RequestError(400, 'a loosening without a reason')
        },
      }),
      write({
        prepare: () => {
          throw new RequestError(400, 'not JSON')
        },
        work: count('conflicts'),
      }),
      write({ prepare: nothing, work: count('duplicates') }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(counted()).toEqual([['duplicates', 2]])
    expect(faults).toEqual([])
  })

  it('cost those beside a wrong one no commit of their own', async () => {
    const { write, groups } = createCommits()
    const wrong = () => {
      throw new RequestError(409, 'somebody was faster')
    }
    const works = Array.from({ length: 100 }, (_, i) => (i === 20 || i === 70 ? wrong : count('duplicates')))
    const results = await Promise.allSettled(
      works.map((work) => write({ prepare: nothing, work, size: () => 1 })),
    )
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(2)
    expect(counted()).toEqual([['duplicates', 98]])
    expect(groups).toEqual([98])
  })

  it('are prepared when their turn comes: no more than one group is in memory', async () => {
    const { write, groups } = createCommits()
    let held = 0
    let most = 0
    const megabyte = 1 << 20
    const writes = Array.from({ length: 20 }, async () => {
      await write({
        prepare: () => {
          held += 1
          most = Math.max(most, held)
        },
        work: () => undefined,
        size: () => megabyte,
      })
      held -= 1
    })
    await Promise.all(writes)
    expect(most).toBe(4)
    expect(groups).toEqual(new Array(5).fill(4 * megabyte))
  })

  it('are all refused, with words for a person, when the database cannot be written', async () => {
    const copy = `${store.file}-copy`
    store.db.pragma('wal_checkpoint(TRUNCATE)')
    copyFileSync(store.file, copy)
    const readonly = openForReading(copy)
    const { write, faults } = createCommits(new LogWriter(readonly))
    const results = await Promise.allSettled([
      write({ prepare: nothing, work: nothing }),
      write({ prepare: nothing, work: () => readonly.prepare("insert into counters values ('x', 1)").run() }),
    ])
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { status: 503, retryAfterS: 2 } })
    }
    expect(faults[0]).toMatch(/^The database cannot be written \(SQLITE_READONLY/)
    readonly.close()
  })

  it('go on after the database was locked', async () => {
    const { write, faults, groups } = createCommits()
    const other = openForWriting(store.file)
    other.exec('begin immediate')
    await expect(write({ prepare: nothing, work: count('duplicates') })).rejects.toMatchObject({
      status: 503,
    })
    other.close()
    await write({ prepare: nothing, work: count('duplicates') })
    expect(counted()).toEqual([['duplicates', 1]])
    expect([faults.length, groups.length]).toEqual([1, 1])
  })
})

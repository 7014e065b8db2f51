import { describe, expect, it } from 'vitest'
import type { CursorTable } from '#db/derived.ts'
import type { Consumer, LogEntry } from './consumer.ts'
import { JobRunner, type RunnerOptions } from './runner.ts'

/** A consumer that adds up the positions it has seen, and whose disk is a number. */
class Sum implements Consumer {
  readonly name: string
  version = 1
  stored = 0
  pending = 0
  /** Called before an entry is taken. */
  onApply: (entry: LogEntry) => void = () => undefined

  constructor(name: string) {
    this.name = name
  }

  apply(entry: LogEntry): void {
    this.onApply(entry)
    this.pending += entry.seq
  }
  flush(): void {
    this.stored += this.pending
    this.pending = 0
  }
  discard(): void {
    this.pending = 0
  }
  clear(): void {
    this.stored = 0
  }
}

/** What is on disk: the cursors and the sums; a transaction that fails puts both back. */
function createDisk(consumers: readonly Sum[], entries: number) {
  const cursors = new Map<string, { cursor: number; version: number }>()
  const table: CursorTable = {
    read: (name) => cursors.get(name) ?? null,
    write: (name, cursor, version) => void cursors.set(name, { cursor, version }),
  }
  const disk = { failing: false, lastSeq: entries }
  const log: RunnerOptions['log'] = {
    transaction(work) {
      const before = { cursors: new Map(cursors), sums: consumers.map(({ stored }) => stored) }
      try {
        const result = work()
        if (disk.failing) throw new Error('the disk is full')
        return result
      } catch (error) {
        cursors.clear()
        for (const [name, cursor] of before.cursors) cursors.set(name, cursor)
        for (const [i, consumer] of consumers.entries()) consumer.stored = before.sums[i] ?? 0
        throw error
      }
    },
    get lastSeq() {
      return disk.lastSeq
    },
  }
  const readAfter = (seq: number, limit: number) =>
    Array.from(
      { length: Math.max(0, Math.min(limit, disk.lastSeq - seq)) },
      (_, i) => ({ seq: seq + 1 + i }) as LogEntry,
    )
  return { disk, cursors, options: { log, cursors: table, reader: { readAfter }, consumers } }
}

const sumTo = (n: number) => (n * (n + 1)) / 2
const still = () => 0

describe('the runner', () => {
  it('catches up and keeps a cursor for each consumer', () => {
    const consumers = [new Sum('a'), new Sum('b')]
    const { cursors, options } = createDisk(consumers, 100)
    const runner = new JobRunner({ ...options, monotonicMs: still })
    runner.flush()
    expect(consumers.map(({ stored }) => stored)).toEqual([sumTo(100), sumTo(100)])
    expect([...cursors.values()]).toEqual([
      { cursor: 100, version: 1 },
      { cursor: 100, version: 1 },
    ])
    expect(runner.flushedSeq()).toBe(100)
  })

  it('goes on from where each consumer stood when a flush was cut between them and the process killed', () => {
    const consumers = [new Sum('a'), new Sum('b'), new Sum('c')]
    const { disk, cursors, options } = createDisk(consumers, 50)
    let nowMs = 0
    const first = new JobRunner({ ...options, monotonicMs: () => (nowMs += 150) })
    first.runSlice(200)
    first.runSlice(200)
    const stored = [...cursors.values()].map(({ cursor }) => cursor)
    expect(new Set(stored).size).toBeGreaterThan(1)
    disk.lastSeq = 80
    for (const consumer of consumers) consumer.discard()
    new JobRunner({ ...options, monotonicMs: still }).flush()
    expect(consumers.map((consumer) => consumer.stored)).toEqual([sumTo(80), sumTo(80), sumTo(80)])
  })

  it('counts nothing twice after a flush that was refused', () => {
    const consumers = [new Sum('a'), new Sum('b')]
    const { disk, options } = createDisk(consumers, 10)
    const runner = new JobRunner({ ...options, monotonicMs: still })
    runner.flush()
    disk.lastSeq = 20
    disk.failing = true
    expect(() => runner.flush()).toThrow('the disk is full')
    expect(runner.flushedSeq()).toBe(10)
    disk.failing = false
    runner.flush()
    expect(consumers.map(({ stored }) => stored)).toEqual([sumTo(20), sumTo(20)])
  })

  it('counts nothing twice after an entry that could not be read to its end', () => {
    const consumers = [new Sum('a'), new Sum('b')]
    const { options } = createDisk(consumers, 10)
    const runner = new JobRunner({ ...options, monotonicMs: still })
    const [, second] = consumers as [Sum, Sum]
    second.onApply = ({ seq }) => {
      if (seq === 7) throw new Error('disk I/O error')
    }
    expect(() => runner.flush()).toThrow('disk I/O error')
    second.onApply = () => undefined
    runner.flush()
    expect(consumers.map(({ stored }) => stored)).toEqual([sumTo(10), sumTo(10)])
  })

  it('builds anew what a rebuild dropped, also when it could not drop everything', () => {
    const consumers = [new Sum('a'), new Sum('b')]
    const { disk, options } = createDisk(consumers, 10)
    const runner = new JobRunner({ ...options, monotonicMs: still })
    runner.flush()
    const [, second] = consumers as [Sum, Sum]
    const clear = second.clear.bind(second)
    second.clear = () => {
      throw new Error('the disk is full')
    }
    expect(() => runner.rebuild()).toThrow('the disk is full')
    expect(runner.flushedSeq()).toBe(0)
    second.clear = clear
    disk.lastSeq = 12
    runner.flush()
    expect(consumers.map(({ stored }) => stored)).toEqual([sumTo(12), sumTo(12)])
  })

  it('lets a consumer of another version start over, and it alone', () => {
    const consumers = [new Sum('a'), new Sum('b')]
    const { options } = createDisk(consumers, 10)
    new JobRunner({ ...options, monotonicMs: still }).flush()
    const [first, second] = consumers as [Sum, Sum]
    second.version = 2
    const seen: number[] = []
    first.onApply = ({ seq }) => seen.push(seq)
    const runner = new JobRunner({ ...options, monotonicMs: still })
    expect(second.stored).toBe(0)
    runner.flush()
    expect([first.stored, second.stored]).toEqual([sumTo(10), sumTo(10)])
    expect(seen).toEqual([])
  })

  it('writes at a stop what it has, without catching up first', () => {
    const consumers = [new Sum('a')]
    const { options } = createDisk(consumers, 1_000)
    let nowMs = 0
    const runner = new JobRunner({ ...options, monotonicMs: () => (nowMs += 1) })
    runner.runSlice(3)
    runner.flushGathered()
    expect(runner.flushedSeq()).toBeGreaterThan(0)
    expect(runner.flushedSeq()).toBeLessThan(1_000)
    expect(consumers[0]?.stored).toBe(sumTo(runner.flushedSeq()))
  })
})

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openForReading, openForWriting } from './open.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parascope-open-'))
  file = join(folder, 'deep', 'parascope.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

const applied = 'select count(*) from __drizzle_migrations'

describe('a data file', () => {
  it('is made with every table, and written through to the disk', () => {
    const db = openForWriting(file)
    expect(db.pragma('synchronous', { simple: true })).toBe(2)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    db.prepare("insert into counters (name, value) values ('x', 1)").run()
    expect(db.pragma('synchronous', { simple: true })).toBe(2)
    db.close()
  })

  it('is left as it is when it is up to date', () => {
    const first = openForWriting(file)
    const known = first.prepare(applied).pluck().get()
    first.close()
    const db = openForWriting(file)
    expect(db.prepare(applied).pluck().get()).toBe(known)
    expect(readdirSync(dirname(file)).filter((name) => name.includes('before'))).toEqual([])
    db.close()
  })

  it('of a newer version is not touched', () => {
    const db = openForWriting(file)
    db.prepare("insert into __drizzle_migrations (hash, created_at) values ('of tomorrow', 0)").run()
    db.close()
    expect(() => openForWriting(file)).toThrow(
      /was written by a newer Parascope \(\d+ migrations, this one knows \d+\)/,
    )
  })

  it('can be read by a connection that cannot write', () => {
    openForWriting(file).close()
    const db = openForReading(file)
    expect(db.prepare('select count(*) from batches').pluck().get()).toBe(0)
    expect(() => db.prepare('delete from batches').run()).toThrow(/readonly/)
    db.close()
  })

  it('that does not exist cannot be read', () => {
    expect(() => openForReading(file)).toThrow()
  })
})

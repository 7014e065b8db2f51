import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { appendModeRevision, readMode } from '#db/mode.ts'
import { openForWriting } from '#db/sqlite/open.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { startServer } from '../e2e/server-process.ts'
import { runCommand } from '../tests/testing/run-command.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parascope-audit-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const REVISIONS = 5
const audit = (...args: string[]) =>
  runCommand(['audit', ...args], folder, { PARASCOPE_DATA_DIR: path.join(folder, 'data') })

function ruleOf(id: string): ModeRule {
  const nothing = {
    environment: null,
    agent: null,
    tool: null,
    percentage: null,
    expires_at: null,
    guard: null,
  }
  return {
    id,
    ...nothing,
    mode: 'serial',
    reason: 'a “race”\n競合',
    set_by: 'local',
    set_at: 1_790_000_000_000,
  }
}

/** Writes a trail of five lines, then lets somebody at the file. */
async function writeTrail(tamper = ''): Promise<string> {
  await rm(path.join(folder, 'data'), { recursive: true, force: true })
  const db = openForWriting(path.join(folder, 'data', 'parascope.db'))
  for (let i = 1; i <= REVISIONS; i++) {
    const before = readMode(db).rules
    const after = [ruleOf(`r${i}`)]
    const change = {
      atUs: i,
      setBy: 'local',
      action: 'set',
      reason: null,
      summary: `r${i}`,
      before,
      after,
    } as const
    appendModeRevision(db, change)
  }
  const head = db.prepare('select hash from mode_revisions order by revision desc').pluck().get() as string
  if (tamper !== '') db.exec(tamper)
  db.close()
  return head
}

describe('parascope audit verify', () => {
  it('says that a trail is intact, and what its newest hash is', async () => {
    const head = await writeTrail()
    expect(await audit('verify')).toMatchObject({
      code: 0,
      stdout: `Intact: 5 lines, the newest has the hash ${head}.\n`,
      stderr: '',
    })
  })

  it.each([
    [
      "update mode_revisions set reason = 'mine' where revision = 3",
      /^BROKEN at line 3 of 5 \(revision 3\): its content/,
    ],
    [
      'delete from mode_revisions where revision = 2',
      /^BROKEN at line 2 of 4 \(revision 3\): revision 2 should stand here/,
    ],
    ["update mode_revisions set after = 'no json' where revision = 5", /^BROKEN at line 5 of 5/],
  ])('names the first line that does not hold: %s', async (tamper, expected) => {
    await writeTrail(tamper)
    const { code, stdout } = await audit('verify')
    expect([code, stdout]).toEqual([1, expect.stringMatching(expected)])
  })

  it('finds a cut end by a hash that was noted elsewhere', async () => {
    const head = await writeTrail('delete from mode_revisions where revision = 5')
    expect((await audit('verify')).code).toBe(0)
    expect(await audit('verify', '--known', head)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(head),
    })
  })

  it('asks the server that holds the data folder, and comes to the same from its export', async () => {
    const head = await writeTrail("update mode_revisions set set_by = 'eve' where revision = 4")
    await using server = await startServer({ pages: 'none', dataDir: path.join(folder, 'data') })
    const { code, stdout } = await audit('verify')
    expect([code, stdout]).toEqual([1, expect.stringContaining('line 4 of 5 (revision 4)')])
    const exported = await (await fetch(new URL('/api/v1/mode/audit/export', server.url))).text()
    expect(exported.trim().split('\n')).toHaveLength(REVISIONS)
    expect((await audit('export')).stdout).toBe(exported)
    await writeFile(path.join(folder, 'trail.jsonl'), exported)
    expect(await audit('verify', '--file', 'trail.jsonl', '--known', head)).toMatchObject({ code: 1, stdout })
  })
})

describe('a trail that cannot be read', () => {
  beforeEach(() => rm(path.join(folder, 'data'), { recursive: true, force: true }))
  it.each([
    ['without a store', []],
    ['from a file that is not there', ['--file', 'nowhere.jsonl']],
  ])('is no broken one: %s', async (_, args) => {
    const { code, stderr } = await audit('verify', ...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining('could not be read')])
  })
})

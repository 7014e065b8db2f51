import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashSources } from './source-hash.mjs'

const SOURCES = ['app', 'package.json', 'absent.ts']
let root: string

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'parascope-hash-'))
  await mkdir(path.join(root, 'app/batches'), { recursive: true })
  await writeFile(path.join(root, 'app/page.tsx'), 'one')
  await writeFile(path.join(root, 'app/batches/page.tsx'), 'two')
  await writeFile(path.join(root, 'package.json'), '{}')
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

test.each<[string, () => Promise<void>]>([
  ['an edited file', () => writeFile(path.join(root, 'app/batches/page.tsx'), 'three')],
  ['a renamed file', () => rename(path.join(root, 'app/page.tsx'), path.join(root, 'app/layout.tsx'))],
  ['a new file', () => writeFile(path.join(root, 'app/new.tsx'), '')],
  ['a removed file', () => rm(path.join(root, 'app/page.tsx'))],
  ['a source that was absent', () => writeFile(path.join(root, 'absent.ts'), '')],
  [
    'text that moves from one file to the next',
    async () => {
      await writeFile(path.join(root, 'app/batches/page.tsx'), 'two' + 'o')
      await writeFile(path.join(root, 'app/page.tsx'), 'ne')
    },
  ],
])('%s changes the hash', async (_, change) => {
  const before = await hashSources(root, SOURCES)
  await change()
  expect(await hashSources(root, SOURCES)).not.toBe(before)
})

test.each<[string, () => Promise<void>]>([
  ['a test', () => writeFile(path.join(root, 'app/page.test.tsx'), 'test')],
  ['a file outside of the sources', () => writeFile(path.join(root, 'README.md'), 'words')],
  ['a new time on an old file', () => utimes(path.join(root, 'app/page.tsx'), 1, 1)],
])('%s does not', async (_, change) => {
  const before = await hashSources(root, SOURCES)
  await change()
  expect(await hashSources(root, SOURCES)).toBe(before)
})

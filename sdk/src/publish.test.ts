import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { checkPackage, Package } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDist } from '../build.mjs'

/* What a registry would be given, built anew, as the tools of the trade see it. */

const root = new URL('..', import.meta.url)
const home = mkdtempSync(path.join(tmpdir(), 'parascope-publish-'))
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

beforeAll(async () => {
  for (const name of ['package.json', 'README.md']) cpSync(new URL(name, root), path.join(home, name))
  await writeDist(path.join(home, 'dist'))
}, 120_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(path.join(folder, name)).isFile(),
  )

describe('the package', () => {
  it('is as publint wants it, hints included', async () => {
    const { messages } = await publint({ pkgDir: home, level: 'suggestion', strict: true, pack: false })
    expect(messages).toEqual([])
  })

  it('has right types for every entry, whoever resolves them', async () => {
    const base = `/node_modules/${manifest.name}`
    const files = filesBelow(home).map((name) => [
      `${base}/${name}`,
      readFileSync(path.join(home, name), 'utf8'),
    ])
    const checked = await checkPackage(
      new Package(Object.fromEntries(files), manifest.name, manifest.version),
    )
    expect(checked).toMatchObject({ types: { kind: 'included' }, problems: [] })
    if (checked.types === false) throw new Error('no types')
    expect(Object.keys('entrypoints' in checked ? checked.entrypoints : {}).length).toBe(
      Object.keys(manifest.exports).length,
    )
  })

  it('installs nothing: what is not its own is an optional peer', () => {
    expect(manifest.dependencies).toBeUndefined()
    expect(manifest.optionalDependencies).toBeUndefined()
    const peers = Object.keys(manifest.peerDependencies)
    for (const peer of peers) expect(manifest.peerDependenciesMeta[peer]).toEqual({ optional: true })
  })

  it('builds itself before it is packed, and ships nothing but what it exports', () => {
    expect(manifest.scripts.prepack).toBe('node build.mjs')
    const shipped = filesBelow(path.join(home, 'dist'))
    expect(shipped.filter((name) => !/\.(js|cjs|d\.ts|d\.cts)$/.test(name))).toEqual(['BUNDLED-LICENSES.txt'])
    expect(shipped.filter((name) => name.includes('test'))).toEqual([])
    expect(readFileSync(path.join(home, 'dist/BUNDLED-LICENSES.txt'), 'utf8')).toMatch(/cockatiel[\s\S]*MIT/)
  })
})

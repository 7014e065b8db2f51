import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBundles } from '../../build.mjs'

/* The provider as it is published, in a program of its own that has OpenFeature's SDK beside it. */

const folder = mkdtempSync(path.join(tmpdir(), 'parascope-openfeature-'))
const NEITHER_THERE_NOR_HERE = 'http://127.0.0.1:9'

beforeAll(async () => {
  const home = path.join(folder, 'node_modules/@parascope/sdk')
  cpSync(new URL('../../package.json', import.meta.url), path.join(home, 'package.json'))
  await writeBundles(path.join(home, 'dist'))
  const peer = fileURLToPath(new URL('../../../node_modules/@openfeature/server-sdk', import.meta.url))
  mkdirSync(path.join(folder, 'node_modules/@openfeature'))
  symlinkSync(peer, path.join(folder, 'node_modules/@openfeature/server-sdk'), 'dir')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = (head: string) => `
${head}
const rules = [{ id: 'r', mode: 'serial' }]
const provider = new ParascopeProvider({
  url: '${NEITHER_THERE_NOR_HERE}', agent: 'script', bootstrap: { revision: 7, rules },
})
OpenFeature.setProviderAndWait(provider)
  .then(() => OpenFeature.getClient().getStringValue('parallel-tool-calls', 'parallel'))
  .then((mode) => console.log(mode))`

describe('the published provider', () => {
  it.each([
    [
      'imported',
      'mjs',
      `import { OpenFeature } from '@openfeature/server-sdk'
       import { ParascopeProvider } from '@parascope/sdk/openfeature'`,
    ],
    [
      'required',
      'cjs',
      `const { OpenFeature } = require('@openfeature/server-sdk')
       const { ParascopeProvider } = require('@parascope/sdk/openfeature')`,
    ],
  ])('can be %s, and lets the program end by itself while it looks for the server', (_, extension, head) => {
    const file = path.join(folder, `program.${extension}`)
    writeFileSync(file, program(head))
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'serial\n', stderr: '' })
  })
})

import { execFile } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { isSupported } from './require-node.mjs'

const run = promisify(execFile)

test.each([
  ['v20.20.2', false],
  ['v22.17.1', false],
  ['v22.18.0', true],
  ['v22.100.0', true],
  ['v23.11.0', false],
  ['v24.1.0', false],
  ['v24.2.0', true],
  ['v25.0.0-nightly2026', true],
])('support of %s is %s', (version, supported) => {
  expect(isSupported(version)).toBe(supported)
})

test('an old Node is turned away with what to do, before anything else is loaded', async () => {
  const script = pathToFileURL(path.join(import.meta.dirname, 'require-node.mjs')).href
  const pretend = "Object.defineProperty(process, 'version', { value: 'v20.20.2' })"
  const source = `${pretend}; await import(${JSON.stringify(script)}); console.log('loaded')`
  const refusal = await run(process.execPath, ['--input-type=module', '-e', source]).catch((error) => error)
  expect(refusal.code).toBe(1)
  expect(refusal.stdout).toBe('')
  expect(refusal.stderr).toContain('Parascope needs Node 22.18 or newer')
  expect(refusal.stderr).toContain('npm ci')
})

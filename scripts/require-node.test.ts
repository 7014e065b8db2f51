import { execFile } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { isAtLeast } from './require-node.mjs'

const run = promisify(execFile)

test.each([
  ['v22.18.0', '22.18', true],
  ['v22.17.1', '22.18', false],
  ['v24.2.0', '22.18', true],
  ['v20.20.2', '22.18', false],
  ['v22.100.0', '22.18', true],
  ['v22.18.0-nightly2026', '22.18', true],
])('%s against %s is %s', (actual, minimum, enough) => {
  expect(isAtLeast(actual, minimum)).toBe(enough)
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

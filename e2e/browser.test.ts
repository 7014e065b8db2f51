import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findBrowser } from './browser.ts'

test('a stub on PATH that is no browser is passed over, with a word about it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'parascope-stub-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const stub = path.join(folder, 'chromium')
  await writeFile(stub, '#!/bin/sh\necho "install the snap instead" >&2\nexit 10\n')
  await chmod(stub, 0o755)
  vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env.PATH ?? ''}`)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })

  const lines: string[] = []
  const outcome = await findBrowser(['installed'], (line) => lines.push(line)).catch((error: Error) => error)
  expect(lines[0]).toContain(`${stub} did not start`)
  // Where nothing else is installed, the one line says what to do.
  if (outcome instanceof Error) expect(outcome.message).toContain('install Chromium')
  else expect(outcome.executablePath).not.toBe(stub)
})

test('without any way left, one line says what to do', async () => {
  await expect(findBrowser([])).rejects.toThrow(/^No browser starts here: install .+\.$/)
})

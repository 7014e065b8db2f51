import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/*
 * The SDK on the oldest Node of each line that it supports: npm carries each as a package.
 */

const VERSIONS = ['20.9.0', '22.12.0', '24.11.0']
const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const CACHE = path.join(import.meta.dirname, '../node_modules/.cache/node')
const SDK = path.join(import.meta.dirname, '../../sdk')
const exec = promisify(execFile)

async function installNode(version: string): Promise<string> {
  const home = path.join(CACHE, version)
  const binary = path.join(
    home,
    'node_modules',
    PACKAGE,
    process.platform === 'win32' ? 'node.exe' : 'bin/node',
  )
  if (existsSync(binary)) return binary
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund']
  await exec('npm', ['install', '--prefix', home, ...flags, `${PACKAGE}@${version}`])
  return binary
}

/** Parallel calls under the core and under policies, wrapped functions, and what was reported of them. */
const program = (load: string, url: string) => `
${load}
const main = async () => {
  const scope = createParascope({ url: '${url}', agent: 'smoke', version: process.version })
  const pause = (ms) => new Promise((done) => setTimeout(done, ms, ms))
  const options = { run: ({ args }) => pause(args), tools: { wait: { effect: 'read' } } }
  const calls = [30, 20, 10].map((args, i) => ({ callId: 'call_' + i, tool: 'wait', args }))
  const core = await scope.executor(options)(calls)
  const under = await policyExecutor(scope, options)(calls)
  const wrapped = scope.wrap(pause, { tool: 'wait' })
  const own = await Promise.all([wrapped(5), wrapped(6)])
  const given = (results) => results.map(({ data }) => data)
  console.log(JSON.stringify([given(core), given(under), own, await scope.shutdown()]))
}
main()`

const LOADS = {
  mjs: `import { createParascope } from '@parascope/sdk'
import { policyExecutor } from '@parascope/sdk/policies'`,
  cjs: `const { createParascope } = require('@parascope/sdk')
const { policyExecutor } = require('@parascope/sdk/policies')`,
}

interface Reported {
  readonly version: string
  readonly calls: readonly { readonly outcome: string }[]
}

let folder: string
const reported: Reported[] = []
const farEnd = createServer((req, res) => {
  let body = ''
  req.on('data', (text) => {
    body += text
  })
  req.on('end', () => {
    if (req.method !== 'POST' || req.url !== '/api/v1/batches') return res.writeHead(404).end()
    const { batches } = JSON.parse(body) as { batches: Reported[] }
    reported.push(...batches)
    res.setHeader('content-type', 'application/json')
    return res.end(JSON.stringify({ accepted: batches.length, duplicates: 0, rejected: [] }))
  })
})

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parascope-node-'))
  await mkdir(path.join(folder, 'node_modules/@parascope'), { recursive: true })
  await symlink(SDK, path.join(folder, 'node_modules/@parascope/sdk'), 'junction')
  await new Promise<void>((resolve) => farEnd.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  farEnd.closeAllConnections()
  farEnd.close()
  await rm(folder, { recursive: true, force: true })
})

describe.each(VERSIONS)('Node %s', (version) => {
  it.each(['mjs', 'cjs'] as const)('runs and reports batches from a program in %s', async (extension) => {
    const node = await installNode(version)
    const { port } = farEnd.address() as AddressInfo
    const file = path.join(folder, `${version}.${extension}`)
    await writeFile(file, program(LOADS[extension], `http://127.0.0.1:${port}`))
    reported.length = 0
    const { stdout, stderr } = await exec(node, [file], { cwd: folder, timeout: 30_000 })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([[30, 20, 10], [30, 20, 10], [5, 6], true])
    const told = reported.map((batch) => [batch.version, batch.calls.map(({ outcome }) => outcome)])
    const ok = (count: number) => [`v${version}`, Array.from({ length: count }, () => 'ok')]
    expect(told).toEqual([ok(3), ok(3), ok(2)])
  })
})

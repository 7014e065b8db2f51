// @ts-check
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import './require-node.mjs'
import { build, buildSdk } from './build.mjs'
import { installFrameworks } from './install-frameworks.mjs'
import { formatElapsed, printHeading, runStep, TOOLS } from './run-step.mjs'

/*
 * `node scripts/test.mjs [stage...] [-- vitest arguments]`: the stages in order, stopping at the first that
 * fails. Without names, all of them. The closing line counts tests; a stage that fails without a failed
 * test (a check, a build, a file that does not load) counts as one failure.
 */

/** @typedef {{ passed: number, failed: number, ok: boolean }} Tally */

/**
 * @param {string} project
 * @param {string[]} extra
 * @returns {Promise<Tally>}
 */
async function runTests(project, extra) {
  const folder = await mkdtemp(path.join(tmpdir(), 'parascope-report-'))
  const file = path.join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  try {
    const ok = await runStep([TOOLS.vitest, 'run', '--project', project, ...reporters, ...extra])
    const report = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : null
    return { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0, ok }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param {boolean} ok */
const untested = (ok) => ({ passed: 0, failed: 0, ok })

/** @type {Record<string, (extra: string[]) => Promise<Tally>>} */
const stages = {
  check: async () => untested(await runStep(['scripts/check.mjs'])),
  unit: async (extra) => {
    await buildSdk()
    return runTests('unit', extra)
  },
  integration: async (extra) => {
    await buildSdk()
    return runTests('integration', extra)
  },
  frameworks: async (extra) => {
    await buildSdk()
    await installFrameworks()
    return (await runStep([TOOLS.tsc, '-p', 'frameworks'])) ? runTests('frameworks', extra) : untested(false)
  },
  build: async () => {
    await build()
    return untested(true)
  },
  e2e: async (extra) => {
    // One of its agents is written with a real framework.
    await installFrameworks()
    return runTests('e2e', extra)
  },
}

/**
 * Runs the named stages until one fails, and says what became of each.
 * @param {string[]} names
 * @param {string[]} extra
 */
async function runStages(names, extra) {
  const total = { passed: 0, failed: 0 }
  /** @type {string[]} */
  const lines = []
  for (const [index, name] of names.entries()) {
    printHeading(`${index + 1}/${names.length} ${name}`)
    const startedMs = performance.now()
    const tally = await (
      stages[name]?.(extra) ?? Promise.reject(new Error(`There is no stage ${name}.`))
    ).catch((error) => {
      console.error(error instanceof Error ? error.message : error)
      return untested(false)
    })
    const failed = tally.ok ? tally.failed : Math.max(1, tally.failed)
    total.passed += tally.passed
    total.failed += failed
    lines.push(`${name.padEnd(12)} ${failed === 0 ? 'ok    ' : 'FAILED'} ${formatElapsed(startedMs)}`)
    if (failed > 0) {
      const skipped = names.slice(index + 1)
      if (skipped.length > 0) lines.push(`not run: ${skipped.join(', ')}`)
      break
    }
  }
  printHeading('summary')
  console.log(lines.join('\n'))
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0
}

const split = process.argv.indexOf('--')
const named = process.argv.slice(2, split === -1 ? undefined : split)
const extra = split === -1 ? [] : process.argv.slice(split + 1)
// An interrupt reaches the running step too: it ends, and the closing line is still printed.
process.on('SIGINT', () => {})
process.exitCode = (await runStages(named.length > 0 ? named : Object.keys(stages), extra)) ? 0 : 1

// @ts-check
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { cruise } from 'dependency-cruiser'

/*
 * Checks every import against .dependency-cruiser.mjs. A cruise that cannot read TypeScript reports no
 * violations in no modules, so the files on disk are counted first and each of them must have been read.
 */

const NOT_SOURCES = new Set([
  'node_modules',
  'dist',
  'data',
  'data-demo',
  'coverage',
  'public',
  'docs',
  'test-results',
])
const SOURCE_FILE = /\.(ts|tsx|mts|mjs|js|cjs)$/
const GENERATED = new Set(['next-env.d.ts'])

/**
 * Paths of the source files below `root`, relative to it and with `/`.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
async function listSources(root) {
  /** @type {string[]} */
  const found = []
  /** @param {string} folder */
  const walk = async (folder) => {
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) {
        if (!NOT_SOURCES.has(entry.name)) await walk(relative)
      } else if (SOURCE_FILE.test(entry.name) && !GENERATED.has(relative)) {
        found.push(relative)
      }
    }
  }
  await walk('')
  return found.sort()
}

/**
 * @typedef {object} ImportReport
 * @property {number} modules how many of our own modules were read
 * @property {number} dependencies how many imports they have
 * @property {number} rules how many rules were applied
 * @property {string[]} unread sources that are on disk and were not read
 * @property {string[]} homeless sources in a folder that no rule knows
 * @property {{rule: string, from: string, to: string, reason: string}[]} violations
 */

/**
 * Reads every source below `root` and judges its imports by the rules in `root`.
 * @param {string} root
 * @returns {Promise<ImportReport>}
 */
export async function checkImports(root) {
  const { default: config, SOURCE_FOLDERS } = await import(
    pathToFileURL(path.join(root, '.dependency-cruiser.mjs')).href
  )
  const sources = await listSources(root)
  const { output } = await cruise(
    sources,
    { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true, baseDir: root },
    { extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'], ...config.options.enhancedResolveOptions },
  )
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with text instead of a result')
  const read = new Map(output.modules.map((module) => [module.source, module]))
  const reasons = new Map(
    config.forbidden.map((/** @type {{name: string, comment: string}} */ rule) => [rule.name, rule.comment]),
  )
  const own = sources.flatMap((source) => read.get(source) ?? [])
  return {
    modules: own.length,
    dependencies: own.reduce((sum, module) => sum + module.dependencies.length, 0),
    rules: config.forbidden.length,
    unread: sources.filter((source) => !read.has(source)),
    homeless: sources.filter(
      (source) => source.includes('/') && !SOURCE_FOLDERS.includes(source.split('/')[0] ?? ''),
    ),
    violations: output.summary.violations.map((violation) => ({
      rule: violation.rule.name,
      from: violation.from,
      to:
        'cycle' in violation && violation.cycle
          ? violation.cycle.map((step) => step.name).join(' -> ')
          : violation.to,
      reason: reasons.get(violation.rule.name) ?? '',
    })),
  }
}

/**
 * Prints the report and says whether it is clean.
 * @param {ImportReport} report
 */
function printReport(report) {
  for (const { rule, from, to, reason } of report.violations) {
    console.error(`${rule}: ${from} -> ${to}\n    ${reason}`)
  }
  for (const source of report.unread)
    console.error(`unread: ${source} was not read, so no rule has judged it`)
  for (const source of report.homeless)
    console.error(`homeless: ${source} is in a folder that no import rule knows`)
  const faults = report.violations.length + report.unread.length + report.homeless.length
  console.log(
    `${report.modules} modules read, ${report.dependencies} imports, ${report.rules} rules, ${faults} violations`,
  )
  if (report.modules === 0) console.error('no module was read: is TypeScript 6 installed?')
  return faults === 0 && report.modules > 0
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { root: { type: 'string', default: '.' } } })
  process.exitCode = printReport(await checkImports(path.resolve(values.root))) ? 0 : 1
}

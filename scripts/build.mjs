// @ts-check
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import './require-node.mjs'
import { ROOT, runStep, TOOLS } from './run-step.mjs'

/*
 * The two built things: the SDK as it is published and the pages as Next serves them. Each is stamped with
 * a hash of its sources, so that starting builds only what changed. The server and the command need no
 * build: they run from source.
 */

const STAMP = path.join(ROOT, '.parascope-build')
const NEXT_BUILD_ID = path.join(ROOT, '.next/BUILD_ID')

const SDK_SOURCES = ['sdk/src', 'sdk/build.mjs', 'sdk/package.json']
/** What Next bundles, and what decides how: the rest of the tree may change without a build. */
const PAGE_SOURCES = [
  'app',
  'components',
  'db',
  'ingest',
  'lib',
  'public',
  'instrumentation.ts',
  'next.config.ts',
  'package-lock.json',
  'package.json',
  'tsconfig.json',
]
const SDK_OUTPUTS = ['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts'].map((file) =>
  path.join(ROOT, 'sdk/dist', file),
)
const IS_TEST = /\.test(-d)?\.(ts|tsx|mjs)$/

/**
 * @typedef {object} Stamp
 * @property {string | null} sdk hash of the sources of sdk/dist
 * @property {string | null} pages hash of the sources of .next
 * @property {string | null} buildId the build in .next that the hash speaks of
 */

/**
 * The files below `source`, which may be a file or absent, in a stable order.
 * @param {string} source relative to the project
 * @returns {Promise<string[]>}
 */
async function listFiles(source) {
  const absolute = path.join(ROOT, source)
  if (!existsSync(absolute)) return []
  const entries = await readdir(absolute, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return null
    throw error
  })
  if (entries === null) return [source]
  return entries
    .filter((entry) => entry.isFile() && !IS_TEST.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort()
}

/**
 * One hash over names and contents.
 * @param {string[]} sources
 */
async function hashSources(sources) {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const file of await listFiles(source)) {
      const content = await readFile(path.join(ROOT, file))
      hash.update(`${file}\0${content.length}\0`).update(content)
    }
  }
  return hash.digest('hex')
}

/** @returns {Promise<Stamp>} */
async function readStamp() {
  if (!existsSync(STAMP)) return { sdk: null, pages: null, buildId: null }
  return JSON.parse(await readFile(STAMP, 'utf8'))
}

/** @param {Partial<Stamp>} change */
async function writeStamp(change) {
  await writeFile(STAMP, `${JSON.stringify({ ...(await readStamp()), ...change })}\n`)
}

/** Whether sdk/dist holds what the SDK's sources say. */
export async function isSdkCurrent() {
  const { sdk } = await readStamp()
  return SDK_OUTPUTS.every((file) => existsSync(file)) && sdk === (await hashSources(SDK_SOURCES))
}

/** Whether .next holds what the pages' sources say, and was built by this script. */
async function arePagesCurrent() {
  if (!existsSync(NEXT_BUILD_ID)) return false
  const { pages, buildId } = await readStamp()
  return buildId === (await readFile(NEXT_BUILD_ID, 'utf8')) && pages === (await hashSources(PAGE_SOURCES))
}

/** Whether the SDK and the pages are built from the sources as they are now. Takes milliseconds. */
export async function isBuildCurrent() {
  return (await isSdkCurrent()) && (await arePagesCurrent())
}

/**
 * @param {string} title
 * @param {string[]} args
 */
async function runBuild(title, args) {
  const built = await runStep(args, { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' })
  if (!built) throw new Error(`Building ${title} failed: see the output above.`)
}

/** Builds sdk/dist unless it is current. Rejects with a sentence when that fails. */
export async function buildSdk() {
  if (await isSdkCurrent()) return
  // Hashed before: a source saved during the build must not be taken for built.
  const sdk = await hashSources(SDK_SOURCES)
  await writeStamp({ sdk: null })
  await runBuild('the SDK', ['sdk/build.mjs'])
  await writeStamp({ sdk })
}

/** Builds what is not current, the SDK first. Rejects with a sentence when a step fails. */
export async function build() {
  await buildSdk()
  if (await arePagesCurrent()) return
  const pages = await hashSources(PAGE_SOURCES)
  await writeStamp({ pages: null, buildId: null })
  await runBuild('the pages', [TOOLS.next, 'build'])
  await writeStamp({ pages, buildId: await readFile(NEXT_BUILD_ID, 'utf8') })
}

if (import.meta.main) {
  const [what] = process.argv.slice(2)
  await (what === 'sdk' ? buildSdk() : build())
}

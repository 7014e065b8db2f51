// @ts-check
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import './require-node.mjs'
import { ROOT, runStep, TOOLS } from './run-step.mjs'
import { hashSources } from './source-hash.mjs'

/*
 * The two built things: the SDK as it is published and the pages as Next serves them. Each is stamped with
 * a hash of its sources, so that starting builds only what changed. The server and the command need no
 * build: they run from source.
 */

const STAMP = path.join(ROOT, '.parascope-build')
const NEXT_BUILD_ID = path.join(ROOT, '.next/BUILD_ID')

const SDK_SOURCES = ['sdk/src', 'sdk/build.mjs', 'sdk/package.json', 'sdk/tsconfig.build.json']
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

/**
 * @typedef {object} Stamp
 * @property {string | null} sdk hash of the sources of sdk/dist
 * @property {string | null} pages hash of the sources of .next
 * @property {string | null} buildId the build in .next that the hash speaks of
 */

/** @returns {Promise<Stamp>} */
async function readStamp() {
  const none = { sdk: null, pages: null, buildId: null }
  if (!existsSync(STAMP)) return none
  try {
    return { ...none, ...JSON.parse(await readFile(STAMP, 'utf8')) }
  } catch (error) {
    // Cut off by a crash while it was written: as good as none, and the next build mends it.
    if (error instanceof SyntaxError) return none
    throw error
  }
}

/** @param {Partial<Stamp>} change */
async function writeStamp(change) {
  await writeFile(STAMP, `${JSON.stringify({ ...(await readStamp()), ...change })}\n`)
}

/** Whether sdk/dist holds what the SDK's sources say. */
async function isSdkCurrent() {
  const { sdk } = await readStamp()
  return SDK_OUTPUTS.every((file) => existsSync(file)) && sdk === (await hashSources(ROOT, SDK_SOURCES))
}

/** Whether .next holds what the pages' sources say, and was built by this script. */
async function arePagesCurrent() {
  if (!existsSync(NEXT_BUILD_ID)) return false
  const { pages, buildId } = await readStamp()
  return (
    buildId === (await readFile(NEXT_BUILD_ID, 'utf8')) && pages === (await hashSources(ROOT, PAGE_SOURCES))
  )
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
  const sdk = await hashSources(ROOT, SDK_SOURCES)
  await writeStamp({ sdk: null })
  await runBuild('the SDK', ['sdk/build.mjs'])
  await writeStamp({ sdk })
}

/** Builds what is not current, the SDK first. Rejects with a sentence when a step fails. */
export async function build() {
  await buildSdk()
  if (await arePagesCurrent()) return
  const pages = await hashSources(ROOT, PAGE_SOURCES)
  await writeStamp({ pages: null, buildId: null })
  await runBuild('the pages', [TOOLS.next, 'build'])
  await writeStamp({ pages, buildId: await readFile(NEXT_BUILD_ID, 'utf8') })
}

if (import.meta.main) {
  const [what] = process.argv.slice(2)
  await (what === 'sdk' ? buildSdk() : build())
}

import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/*
 * Builds dist/: each entry once as ESM and once as CommonJS, with its declarations. What an entry loads
 * later by `import()` stays a file of its own.
 */

const root = path.dirname(fileURLToPath(import.meta.url))
const ADAPTERS = ['ai-sdk', 'anthropic', 'langchain', 'mastra', 'mcp', 'openai', 'openai-agents'].map(
  (name) => `adapters/${name}`,
)
const ENTRIES = [
  ...ADAPTERS,
  'index',
  'web',
  'otel',
  'openfeature',
  'policies',
  'redact',
  'background-node',
  'background-web',
]
/** The declarations that the entries' own ones name; the rest of what tsc writes is inner matter. */
const DECLARED = [
  ...ADAPTERS,
  'adapters/options',
  'index',
  'otel',
  'openfeature',
  'types',
  'policies',
  'policies/types',
  'redact',
]
/** Libraries whose code goes into a bundle, so that its entry needs no install: their licences go along. */
const BUNDLED = ['cockatiel']
const FORMATS = { esm: 'js', cjs: 'cjs' }

/** What the host loads before its first batch, gzipped. */
export const CORE_BUDGET_BYTES = 6_000

const keepDynamicImports = (extension) => ({
  name: 'keep-dynamic-imports',
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ kind, path: file }) =>
      kind === 'dynamic-import'
        ? { path: `./${path.basename(file, '.ts')}.${extension}`, external: true }
        : undefined,
    )
  },
})

const takeIn = {
  name: 'take-in',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path: name }) =>
      BUNDLED.includes(name) ? { path: fileURLToPath(import.meta.resolve(name)) } : undefined,
    )
  },
}

/** Bundles one entry in memory. */
export async function bundle(entry, format, minify = false) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`src/${entry}.ts`],
    bundle: true,
    write: false,
    format,
    platform: 'node',
    target: 'es2022',
    minify,
    legalComments: 'none',
    // A peer is the host's own; what is not, is taken in.
    packages: 'external',
    // A field that its constructor sets need not be declared first.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    // A CommonJS host may not be able to import(): there the part is required.
    supported: { 'dynamic-import': format === 'esm' },
    plugins: [keepDynamicImports(FORMATS[format]), takeIn],
  })
  return outputFiles[0].text
}

export async function gzippedBytes(entry) {
  return gzipSync(await bundle(entry, 'esm', true), { level: 9 }).length
}

function writeDeclarations(dist) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const project = path.join(root, 'tsconfig.build.json')
  execFileSync(process.execPath, [tsc, '-p', project, '--outDir', dist], { stdio: 'inherit' })
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue
    const file = path.join(dist, name)
    if (!DECLARED.includes(name.replace(/\.d\.ts$/, ''))) {
      rmSync(file)
      continue
    }
    const text = readFileSync(file, 'utf8')
    const as = (extension) => text.replace(/(from '\.[^']*)\.ts'/g, `$1.${extension}'`)
    writeFileSync(file, as('js'))
    writeFileSync(file.replace(/\.d\.ts$/, '.d.cts'), as('cjs'))
  }
}

/** Writes every entry in every format. */
export async function writeBundles(dist) {
  mkdirSync(path.join(dist, 'adapters'), { recursive: true })
  for (const entry of ENTRIES) {
    for (const [format, extension] of Object.entries(FORMATS)) {
      writeFileSync(path.join(dist, `${entry}.${extension}`), await bundle(entry, format))
    }
  }
}

function writeLicences(dist) {
  const texts = BUNDLED.map((name) => {
    // The main file of each lies in a folder of its package.
    const main = fileURLToPath(import.meta.resolve(name))
    const home = path.join(path.dirname(main), '..')
    const { version } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'))
    return `${name} ${version}\n\n${readFileSync(path.join(home, 'LICENSE'), 'utf8')}`
  })
  writeFileSync(path.join(dist, 'BUNDLED-LICENSES.txt'), texts.join('\n'))
}

/** Writes all that is published in dist/. */
export async function writeDist(dist) {
  rmSync(dist, { recursive: true, force: true })
  writeDeclarations(dist)
  await writeBundles(dist)
  writeLicences(dist)
}

async function main() {
  await writeDist(path.join(root, 'dist'))
  const core = await gzippedBytes('index')
  const background = await gzippedBytes('background-node')
  console.log(
    `core ${core} bytes minified and gzipped (budget ${CORE_BUDGET_BYTES}), loaded later ${background}`,
  )
  if (core > CORE_BUDGET_BYTES) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()

import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'

const project = path.resolve(import.meta.dirname, '..')
const biome = path.join(project, 'node_modules/@biomejs/biome/bin/biome')
const run = promisify(execFile)

let root: string

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'parascope-lint-'))
  for (const file of ['biome.json', '.gitignore'])
    await copyFile(path.join(project, file), path.join(root, file))
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

/** The names of the lint rules that `file` breaks when it holds `source`. */
async function lint(file: string, source: string): Promise<string[]> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true })
  await writeFile(path.join(root, file), source)
  const { stdout } = await run(process.execPath, [biome, 'lint', '--reporter=json', file], {
    cwd: root,
  }).catch((error: { stdout: string }) => error)
  const report = JSON.parse(stdout) as { diagnostics: { category: string }[] }
  return report.diagnostics.map((diagnostic) => diagnostic.category)
}

test.each(['lib', 'db', 'ingest', 'jobs', 'components', 'app', 'server', 'cli', 'sdk/src', 'demo'])(
  'reading process.env in %s is an error',
  async (folder) => {
    expect(await lint(`${folder}/a.ts`, 'export const home = process.env.HOME\n')).toEqual([
      'lint/style/noProcessEnv',
    ])
  },
)

test('env.ts may read process.env', async () => {
  expect(await lint('env.ts', 'export const home = process.env.HOME\n')).toEqual([])
})

test('the environment cannot be had by its other names', async () => {
  const byName = "import { env } from 'node:process'\n\nexport const home = env.HOME\n"
  expect(await lint('server/a.ts', byName)).toEqual(['lint/style/noProcessEnv'])
  expect(await lint('server/b.ts', 'export const { HOME } = globalThis.process.env\n')).toEqual([
    'lint/style/noProcessEnv',
  ])
})

test('a function of more than 50 lines is an error', async () => {
  const body = Array.from({ length: 51 }, (_, line) => `  use(${line})\n`).join('')
  const source = `import { use } from './use.ts'\n\nexport function long(): void {\n${body}}\n`
  expect(await lint('lib/long.ts', source)).toEqual(['lint/complexity/noExcessiveLinesPerFunction'])
})

import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import config from '../.dependency-cruiser.mjs'
import { checkImports } from './check-imports.mjs'

const project = path.resolve(import.meta.dirname, '..')
const run = promisify(execFile)

/** One forbidden import for each rule, and the file that holds it. */
const PLANTS: Record<string, { file: string; source: string }> = {
  'lib-stands-alone': { file: 'lib/a.ts', source: "import '#db/store.ts'" },
  'db-knows-lib-only': { file: 'db/a.ts', source: "import '#ingest/pipeline.ts'" },
  'ingest-knows-lib-and-db': { file: 'ingest/a.ts', source: "import '#jobs/runner.ts'" },
  'jobs-know-lib-and-db': { file: 'jobs/a.ts', source: "import '#ingest/pipeline.ts'" },
  'components-know-lib-only': {
    file: 'components/a.tsx',
    source: "import type { Store } from '#db/store.ts'\nexport type Props = Store",
  },
  'pages-read-through-data': { file: 'app/(dashboard)/tools/page.tsx', source: "import '#db/store.ts'" },
  'data-knows-lib-and-db': { file: 'app/_data/a.ts', source: "import '#components/button.tsx'" },
  'api-knows-lib-db-and-ingest': { file: 'app/api/tools/route.ts', source: "import '#jobs/runner.ts'" },
  'server-knows-the-stages': { file: 'server/a.ts', source: "import '#app/page.tsx'" },
  'cli-knows-the-server': { file: 'cli/a.ts', source: "import '../demo/agent.ts'" },
  'sdk-stands-alone': { file: 'sdk/src/a.ts', source: "import '../../lib/model.ts'" },
  'demo-uses-the-published-sdk': { file: 'demo/a.ts', source: "import '#lib/model.ts'" },
  'demo-names-the-package': { file: 'demo/b.ts', source: "import '../sdk/dist/index.js'" },
  'lib-does-no-io': { file: 'lib/b.ts', source: "import 'node:fs'" },
  'lib-knows-no-react': { file: 'lib/c.tsx', source: "import 'react'" },
  'stages-are-framework-free': { file: 'ingest/b.ts', source: "import 'next/server.js'" },
  'sdk-has-no-dependencies': { file: 'sdk/src/b.ts', source: "import 'zod'" },
  'only-db-knows-drizzle': { file: 'jobs/b.ts', source: "import 'drizzle-orm'" },
  'only-db-opens-sqlite': { file: 'server/b.ts', source: "import 'better-sqlite3'" },
  'only-charts-know-recharts': { file: 'components/ui/a.tsx', source: "import 'recharts'" },
  'no-cycles': { file: 'lib/d.ts', source: "import './e.ts'" },
  'nothing-ships-its-tests': { file: 'lib/g.ts', source: "import './model.test.ts'" },
  'no-unresolvable': { file: 'lib/f.ts', source: "import './nowhere.ts'" },
}

/** A small house that obeys every rule, with an import of each permitted kind. */
const HOUSE: Record<string, string> = {
  'package.json': JSON.stringify({
    name: 'house',
    type: 'module',
    imports: Object.fromEntries(
      ['app', 'components', 'lib', 'ingest', 'jobs', 'db', 'server'].map((name) => [
        `#${name}/*`,
        `./${name}/*`,
      ]),
    ),
  }),
  'lib/model.ts': 'export const model = 1',
  'lib/model.test.ts': "import 'node:fs'\nimport '#server/front.ts'\nimport './model.test-util.ts'",
  'lib/model.test-util.ts': "import 'node:fs'",
  'db/store.ts':
    "import '#lib/model.ts'\nimport 'drizzle-orm'\nimport 'better-sqlite3'\nexport interface Store {}",
  'ingest/pipeline.ts': "import '#db/store.ts'\nimport 'node:zlib'",
  'jobs/runner.ts': "import '#db/store.ts'",
  'components/button.tsx': "import 'react'\nimport '#lib/model.ts'",
  'components/charts/line.tsx': "import 'recharts'",
  'app/page.tsx': "import './_data/batches.ts'\nimport '#components/button.tsx'",
  'app/_data/batches.ts': "import '#db/store.ts'",
  'app/api/batches/route.ts': "import '#ingest/pipeline.ts'\nimport '../../_data/batches.ts'",
  'server/front.ts':
    "import '#ingest/pipeline.ts'\nimport '#jobs/runner.ts'\nimport 'next/server.js'\nimport '../env.ts'",
  'cli/main.ts': "import '#server/front.ts'\nimport '../scripts/build.mjs'",
  'scripts/build.mjs': '',
  'env.ts': '',
  'e2e/harness.ts': "import '#server/front.ts'\nimport 'react'",
  'sdk/package.json': JSON.stringify({ name: '@parascope/sdk', type: 'module', exports: './dist/index.js' }),
  'sdk/dist/index.js': '',
  'sdk/src/core.ts': "import '@opentelemetry/api'",
  'demo/agent.ts': "import '@parascope/sdk'\nimport 'better-sqlite3'",
  // Types may refer to each other: nothing is loaded.
  'lib/left.ts': "import type { Right } from './right.ts'\nexport interface Left { right: Right }",
  'lib/right.ts': "import type { Left } from './left.ts'\nexport interface Right { left: Left }",
}

const PACKAGES = ['react', 'next', 'recharts', 'drizzle-orm', 'better-sqlite3', 'zod', '@opentelemetry/api']

let root: string

async function write(file: string, source: string): Promise<void> {
  const target = path.join(root, file)
  await mkdir(path.dirname(target), { recursive: true })
  await writeFile(target, source)
}

async function runCheck(): Promise<{ code: number; output: string }> {
  const script = path.join(project, 'scripts/check-imports.mjs')
  try {
    const { stdout, stderr } = await run(process.execPath, [script, '--root', root])
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'parascope-imports-'))
  for (const [file, source] of Object.entries(HOUSE)) await write(file, source)
  for (const name of PACKAGES) {
    await write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }))
    await write(`node_modules/${name}/index.js`, '')
    await write(`node_modules/${name}/server.js`, '')
  }
  await mkdir(path.join(root, 'node_modules/@parascope'))
  await symlink('../../sdk', path.join(root, 'node_modules/@parascope/sdk'), 'junction')
  await copyFile(path.join(project, '.dependency-cruiser.mjs'), path.join(root, '.dependency-cruiser.mjs'))
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

describe('the import check', () => {
  test('passes a house in which every import is permitted, and says how much it read', async () => {
    const { code, output } = await runCheck()
    expect(output).toContain('20 modules read')
    expect(output).toContain('0 violations')
    expect(code).toBe(0)
  })

  test('has a planted violation for every rule', () => {
    expect(Object.keys(PLANTS).sort()).toEqual(config.forbidden.map((rule) => rule.name).sort())
  })

  test('gives every rule a reason and makes every violation an error', () => {
    for (const rule of config.forbidden) {
      expect(rule.comment, rule.name).toMatch(/\w.{20,}\.$/)
      expect(rule.severity, rule.name).toBe('error')
    }
  })

  test.each(Object.entries(PLANTS))('fails by the name %s', async (rule, { file, source }) => {
    await write(file, source)
    if (rule === 'no-cycles') await write('lib/e.ts', "import './d.ts'")
    const report = await checkImports(root)
    expect(report.unread).toEqual([])
    expect(new Set(report.violations.map((violation) => violation.rule))).toEqual(new Set([rule]))
    expect(report.violations.map((violation) => violation.from)).toContain(file)
  })

  test('exits with a failure that names rule, file and reason', async () => {
    await write('lib/clock.ts', "import 'node:fs'")
    const { code, output } = await runCheck()
    expect(code).toBe(1)
    expect(output).toContain('lib-does-no-io: lib/clock.ts -> fs')
    expect(output).toContain('lib runs in browsers')
  })

  test('fails when a source lies where no rule would judge it', async () => {
    await write('helpers/shared.ts', '')
    expect((await checkImports(root)).homeless).toEqual(['helpers/shared.ts'])
    expect((await runCheck()).code).toBe(1)
  })

  test('fails when a source on disk was not read', async () => {
    const copy = path.join(root, '.dependency-cruiser.mjs')
    await writeFile(
      copy,
      (await readFile(copy, 'utf8')).replace('exclude: { path: [', "exclude: { path: ['^lib/', "),
    )
    expect((await checkImports(root)).unread).toContain('lib/model.ts')
    expect((await runCheck()).code).toBe(1)
  })

  test('fails when nothing was read', async () => {
    for (const file of Object.keys(HOUSE)) await rm(path.join(root, file))
    const { code, output } = await runCheck()
    expect(output).toContain('0 modules read')
    expect(code).toBe(1)
  })
})

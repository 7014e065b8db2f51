import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished } from 'vitest'
import { batchTable, listedIds } from './batch-list.ts'
import { test as base, VIEWS } from './harness.ts'
import { openPage, PATIENCE } from './page-tools.ts'
import { startServer } from './server-process.ts'

const run = promisify(execFile)
const ROOT = path.resolve(import.meta.dirname, '..')
/** What a shell, JSON and a here-document each would like to read otherwise. */
const AGENT = `o'neil "$HOME" \\n \`id\``

const has = (command: string) => spawnSync(command, ['--version']).error === undefined

/** A page that may read what its buttons have copied. */
const test = base.override('view', {
  ...VIEWS.wideLight,
  permissions: ['clipboard-read', 'clipboard-write'],
})

/** Presses the button that copies a snippet and gives back what is in the clipboard then. */
async function copySnippet(page: Page, caption: string): Promise<string> {
  await page.getByRole('button', { name: `Copy: ${caption}` }).click()
  return page.evaluate(() => navigator.clipboard.readText())
}

/** A folder of an agent, with the SDK installed as a package. */
async function agentFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'parascope-agent-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(path.join(folder, 'node_modules/@parascope'), { recursive: true })
  await symlink(path.join(ROOT, 'sdk'), path.join(folder, 'node_modules/@parascope/sdk'), 'dir')
  return folder
}

function connectAddress(way: string, agent: string): string {
  return `/connect?${new URLSearchParams({ way, agent_name: agent })}`
}

function expectThreeCalls(page: Page): Promise<void> {
  const calls = page.getByRole('listbox', { name: 'Calls' }).getByRole('option')
  return expect.poll(() => calls.count(), PATIENCE).toBe(3)
}

async function expectArrival(page: Page, agent: string): Promise<void> {
  await page.getByRole('heading', { name: `${agent} is connected` }).waitFor()
}

describe('a server that has recorded nothing', () => {
  test('leads from every page to Connect, and shows a first batch by itself', async ({ page }) => {
    const server = await startServer()
    onTestFinished(() => server.stop())
    for (const address of ['/', '/tools', '/batches']) {
      await openPage(page, new URL(address, server.url).href)
      await page.getByRole('heading', { name: 'No batch has been recorded yet' }).waitFor()
    }
    const snippet = await copySnippet(page, 'sends one batch of three calls, from a shell')
    expect(snippet).toContain(server.url)
    await run('sh', ['-c', snippet])
    await expect.poll(() => listedIds(page), PATIENCE).toHaveLength(1)
    await batchTable(page).getByRole('link').click()
    await expectThreeCalls(page)
  })
})

describe('a snippet, copied and run as it stands, turns the page green', () => {
  test.runIf(has('curl'))('from a shell with curl', async ({ page }) => {
    await openPage(page, '/batches')
    await page.getByRole('link', { name: 'Connect an agent' }).click()
    await page.getByRole('radio', { name: /^Plain HTTP/ }).check()
    await page.getByRole('textbox', { name: 'Agent' }).fill(AGENT)
    await page.getByRole('heading', { name: `Waiting for the first batch of ${AGENT}` }).waitFor()
    const { stdout } = await run('sh', ['-c', await copySnippet(page, 'a shell with curl')])
    expect(JSON.parse(stdout)).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
    await expectArrival(page, AGENT)
    await page.getByRole('link', { name: 'Open the batch' }).click()
    await expectThreeCalls(page)
  })

  test.runIf(has('python3'))('from Python', async ({ page }) => {
    await openPage(page, connectAddress('http', 'snake'))
    const folder = await agentFolder()
    await writeFile(
      path.join(folder, 'agent.py'),
      await copySnippet(page, 'agent.py, to be run with python3'),
    )
    await run('python3', ['agent.py'], { cwd: folder })
    await expectArrival(page, 'snake')
  })

  for (const way of ['executor', 'wrap']) {
    test(`with the SDK's ${way}`, async ({ page }) => {
      await openPage(page, connectAddress(way, `sdk-${way}`))
      const folder = await agentFolder()
      await writeFile(path.join(folder, 'agent.mjs'), await copySnippet(page, 'agent.mjs'))
      const { stderr } = await run(process.execPath, ['agent.mjs'], { cwd: folder })
      expect(stderr).toBe('')
      await expectArrival(page, `sdk-${way}`)
      await page.getByRole('link', { name: 'Switch its mode' }).click()
      await page.getByRole('heading', { name: 'Parallel mode' }).waitFor()
    })
  }
})

describe('spans of any exporter', () => {
  test.runIf(has('curl'))('turn the page green, sent by hand as it says', async ({ page }) => {
    const exporter = `${AGENT} by spans`
    await openPage(page, connectAddress('otlp', exporter))
    await page.getByText('No span has come since this page was opened.').waitFor()
    await run('sh', ['-c', await copySnippet(page, 'a shell with curl')])
    await expectArrival(page, exporter)
    await page.getByRole('region', { name: 'Spans that came' }).getByText('otel-genai').waitFor()
    await page.getByRole('link', { name: 'Open the batch' }).click()
    const calls = page.getByRole('listbox', { name: 'Calls' }).getByRole('option')
    await expect.poll(() => calls.count(), PATIENCE).toBe(2)
  })

  test('that are not recognised are named, with the attribute that is missing', async ({ page, server }) => {
    await openPage(page, connectAddress('vercel-ai', 'unread'))
    const now = Date.now()
    const span = {
      traceId: 'abcdef0123456789abcdef0123456789',
      spanId: 'abcdef0123456789',
      name: 'execute_tool',
      startTimeUnixNano: `${now - 1_000}000000`,
      endTimeUnixNano: `${now}000000`,
      attributes: [{ key: 'gen_ai.operation.name', value: { stringValue: 'execute_tool' } }],
    }
    await fetch(new URL('/v1/traces', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    })
    const unread = page.getByRole('list', { name: 'Spans that were not recognised' })
    await expect.poll(() => unread.textContent(), PATIENCE).toContain('lacks gen_ai.tool.name')
  })

  test('have a recipe for every framework, with the address of this server', async ({ page, server }) => {
    await openPage(page, '/connect')
    const group = page.getByRole('group', { name: /^By its OpenTelemetry/ })
    for (const choice of await group.getByRole('radio').all()) {
      await choice.check()
      const steps = page.getByRole('list').filter({ hasText: /Install what tells|Point any exporter/ })
      await expect.poll(() => steps.textContent(), PATIENCE).toContain(server.url)
    }
  })
})

describe('a batch that does not come as it should', () => {
  test('under another name is offered as the one that is waited for', async ({ page, server }) => {
    await openPage(page, connectAddress('http', 'awaited'))
    await page.getByRole('heading', { name: 'Waiting for the first batch of awaited' }).waitFor()
    const body = {
      batches: [
        {
          batch_id: 'misnamed-1',
          agent: 'misnamed',
          started_at: Date.now(),
          calls: [{ call_id: 'c1', tool: 'get_order', outcome: 'ok', start_ms: 0, duration_ms: 5 }],
        },
      ],
    }
    await fetch(new URL('/api/v1/batches', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await page.getByRole('button', { name: 'That is mine' }).click()
    await expectArrival(page, 'misnamed')
  })

  test('is explained by the page without being sent', async ({ page }) => {
    await openPage(page, connectAddress('http', 'nobody'))
    await page
      .getByLabel('Paste the body that you post')
      .fill(
        '{"batches":[{"batch_id":"b1","agent":"a","started_at":1790813256864,"calls":[{"call_id":"c1"}]}]}',
      )
    await page.getByText('calls[0].outcome').waitFor()
  })
})

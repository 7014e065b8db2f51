import { createParascope } from '@parascope/sdk'
import type { Locator, Page } from 'playwright-core'
import { describe, expect, onTestFinished } from 'vitest'
import type { ModeAudit, ModeRuleInput, ModeState } from '#lib/contract/mode.ts'
import { test } from './harness.ts'
import { forgive, openPage, PATIENCE, readTable, spokenTexts } from './page-tools.ts'
import { sampleBatch, sendBatches } from './sample-batches.ts'

/*
 * The rules are one list for the whole server: each test has an environment of its own.
 */

async function readMode(url: string): Promise<ModeState> {
  return (await fetch(new URL('/api/v1/mode', url))).json() as Promise<ModeState>
}

async function readAudit(url: string): Promise<ModeAudit> {
  return (await fetch(new URL('/api/v1/mode/audit', url))).json() as Promise<ModeAudit>
}

function putMode(url: string, body: unknown): Promise<Response> {
  return fetch(new URL('/api/v1/mode', url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** Adds a rule to those in force, as a program would. */
async function addRule(url: string, rule: ModeRuleInput): Promise<number> {
  const { revision, rules } = await readMode(url)
  const response = await putMode(url, { revision, rules: [...rules, rule] })
  expect(response.status).toBe(200)
  return ((await response.json()) as ModeState).revision
}

/** An agent's executor, connected until the test ends. */
async function connect(url: string, agent: string, environment: string): Promise<() => Promise<unknown>> {
  const scope = createParascope({ url, agent, environment, version: '1.0.0' })
  onTestFinished(async () => void (await scope.shutdown(1000)))
  await scope.ready()
  return () => scope.shutdown(1000)
}

function environmentRow(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true })
}

function modeOf(page: Page, environment: string): Promise<string[]> {
  return spokenTexts(environmentRow(page, environment).getByRole('radio', { checked: true }))
}

describe('serial now', () => {
  test('says whom it touches, does nothing when cancelled, names its audit line, and can be undone', async ({
    page,
    server,
  }) => {
    await connect(server.url, 'till', 'shop')
    await connect(server.url, 'clerk', 'shop')
    const before = await readMode(server.url)
    await openPage(page, '/mode')
    const row = environmentRow(page, 'shop')
    await row.getByText('2 executors, by default').waitFor()
    await row.getByRole('button', { name: 'Serial now: shop' }).click()
    const review = page.getByRole('dialog').getByRole('region', { name: 'What it does' })
    await review.getByText('parallel → serial: every agent in shop').waitFor()
    await review.getByText('2 executors of 2 agents obey with their next batch').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await readMode(server.url)).toEqual(before)

    await row.getByRole('button', { name: 'Serial now: shop' }).click()
    await page.getByRole('button', { name: 'Make shop serial' }).click()
    const notice = page.getByRole('alert').filter({ hasText: 'is in force' })
    await notice.waitFor()
    const [line] = (await readAudit(server.url)).entries
    expect(line?.reason).toBeNull()
    await notice.getByText(`Audit line ${line?.revision}, hash ${line?.hash.slice(0, 6)}`).waitFor()
    await expect.poll(() => modeOf(page, 'shop'), PATIENCE).toEqual(['serial'])
    const progress = page.getByRole('region', { name: 'How far the newest revision has come' })
    await progress.getByText('Everybody within reach obeys it.').waitFor()
    const rail = page.getByRole('region', { name: 'Mode now' })
    await rail.getByTitle('shop: serial').waitFor()

    await notice.getByRole('button', { name: 'Undo' }).click()
    const undo = page.getByRole('dialog', { name: `Undo revision ${line?.revision}` })
    await undo.getByText('serial → parallel: every agent in shop').waitFor()
    await undo.getByRole('button', { name: `Undo revision ${line?.revision}` }).click()
    await expect.poll(() => modeOf(page, 'shop'), PATIENCE).toEqual(['parallel'])
    const audit = await readAudit(server.url)
    expect(audit.intact).toBe(true)
    expect(audit.entries[0]?.reason).toBe(`undo of revision ${line?.revision}`)
    await page
      .getByRole('region', { name: 'Audit trail' })
      .getByText(`undo of revision ${line?.revision}`)
      .first()
      .waitFor()
  })

  test('can end by itself, which the audit trail tells', async ({ page, server }) => {
    await sendBatches(server.url, [sampleBatch({ environment: 'brief' })])
    await openPage(page, '/mode')
    await environmentRow(page, 'brief').getByRole('button', { name: 'Serial now: brief' }).click()
    await page.getByRole('radio', { name: 'until…' }).check()
    const endMs = Math.ceil(Date.now() / 1000) * 1000 + 4_000
    // The page's zone is UTC.
    await page.getByLabel('Holds until').fill(new Date(endMs).toISOString().slice(0, 19))
    await page.getByText(/^It ends by itself at /).waitFor()
    await page.getByRole('button', { name: 'Make brief serial' }).click()
    await expect.poll(() => modeOf(page, 'brief'), PATIENCE).toEqual(['serial'])
    await expect.poll(() => modeOf(page, 'brief'), PATIENCE).toEqual(['parallel'])
    expect(Date.now()).toBeGreaterThanOrEqual(endMs)
    await page.getByText('every agent in brief to serial ended by itself').first().waitFor()
    expect((await readMode(server.url)).rules.filter((rule) => rule.environment === 'brief')).toEqual([])
  })
})

describe('loosening', () => {
  test('asks for a reason and keeps it in the audit trail', async ({ page, server }) => {
    await sendBatches(server.url, [sampleBatch({ environment: 'held' })])
    await addRule(server.url, { environment: 'held', mode: 'serial' })
    await openPage(page, '/mode')
    await environmentRow(page, 'held').getByRole('button', { name: 'Loosen held' }).click()
    const confirm = page.getByRole('button', { name: 'Make held parallel' })
    await page.getByText('Give a reason to loosen').waitFor()
    expect(await confirm.isDisabled()).toBe(true)
    await page.getByLabel('Reason').fill('the ledger is mended')
    await confirm.click()
    await expect.poll(() => modeOf(page, 'held'), PATIENCE).toEqual(['parallel'])
    expect((await readAudit(server.url)).entries[0]?.reason).toBe('the ledger is mended')
  })

  test('without a reason is refused to a program too', async ({ server }) => {
    await addRule(server.url, { environment: 'refused', mode: 'serial' })
    const { revision, rules } = await readMode(server.url)
    const without = rules.filter((rule) => rule.environment !== 'refused')
    const response = await putMode(server.url, { revision, rules: without })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ path: 'reason' }] })
  })
})

describe('two people at once', () => {
  test('whoever is slower is told what came, keeps the draft and can go on', async ({
    page,
    server,
    faults,
  }) => {
    await sendBatches(server.url, [sampleBatch({ environment: 'contested' })])
    await openPage(page, '/mode')
    await environmentRow(page, 'contested').getByRole('button', { name: 'Serial now: contested' }).click()
    await page.getByLabel('Reason').fill('the ledger loses updates')
    // The other change comes between the press and its arrival.
    let isFirst = true
    await page.route('**/api/v1/mode', async (route) => {
      if (isFirst && route.request().method() === 'PUT') {
        isFirst = false
        await addRule(server.url, { environment: 'contested', agent: 'other', mode: 'reads-only' })
      }
      await route.continue()
    })
    await page.getByRole('button', { name: 'Make contested serial' }).click()
    const alert = page.getByRole('dialog').getByRole('alert')
    await alert.getByText('Not written: somebody was faster.').waitFor()
    await alert.getByText('other in contested to reads-only').waitFor()
    expect(await page.getByLabel('Reason').inputValue()).toBe('the ledger loses updates')

    await page.getByRole('button', { name: 'Make contested serial' }).click()
    await expect.poll(() => modeOf(page, 'contested'), PATIENCE).toEqual(['serial'])
    const { rules } = await readMode(server.url)
    const contested = rules.filter((rule) => rule.environment === 'contested')
    expect(contested.some((rule) => rule.agent === null && rule.mode === 'serial')).toBe(true)
    forgive(faults, /409/)
  })
})

describe('rules', () => {
  test('are added with a share, answer which mode a run gets, and stand in the order of asking', async ({
    page,
    server,
  }) => {
    await sendBatches(server.url, [sampleBatch({ environment: 'ruled', agent: 'ruled-agent' })])
    await openPage(page, '/mode?environment=ruled')
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog', { name: 'Add a rule' })
    await dialog.getByLabel('Environment').fill('ruled')
    await dialog.getByLabel('Agent').fill('ruled-agent')
    await dialog.getByRole('radio', { name: 'reads-only' }).click()
    await dialog.getByRole('button', { name: 'Add rule' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await addRule(server.url, { environment: 'ruled', mode: 'serial', percentage: 50, reason: 'half of it' })

    const table = page.getByRole('region', { name: 'Rules' }).getByRole('table')
    await expect
      .poll(
        async () => (await readTable(table)).map((row) => [row.Environment, row.Mode, row.Share]),
        PATIENCE,
      )
      .toEqual([
        ['ruled', 'reads-only', ''],
        ['ruled', 'serial', '50 %'],
        ['any', 'parallel', ''],
      ])
    const question = page.getByRole('region', { name: 'Which mode would a run get?' })
    await question.getByLabel('Agent').fill('ruled-agent')
    await question.getByLabel('Environment').fill('ruled')
    await expect
      .poll(async () => (await spokenTexts(question.getByRole('status')))[0], PATIENCE)
      .toMatch(/^reads-only/)
  })
})

describe('executors', () => {
  test('are counted as they obey, and who is late is named', async ({ page, server }) => {
    await connect(server.url, 'prompt', 'fleet')
    const silent = new AbortController()
    onTestFinished(() => silent.abort())
    // An executor that hears every revision and never says that it obeys one.
    const stream = '/api/v1/mode/stream?agent=sleeper&environment=fleet&executor_id=sleeper-1'
    await fetch(new URL(stream, server.url), { signal: silent.signal })
    await openPage(page, '/mode')
    const progress = page.getByRole('region', { name: 'How far the newest revision has come' })
    const sleeper = progress.getByRole('list', { name: 'Not yet applied' }).getByRole('listitem')
    await sleeper.filter({ hasText: 'sleeper' }).getByText('connected, has applied none yet').waitFor()
    const revision = await addRule(server.url, { environment: 'fleet', mode: 'serial' })
    await progress.getByText(`Applied revision ${revision}`).waitFor()

    await progress.getByRole('button', { name: /^(Table|\d+ more)$/ }).click()
    const table = page.getByRole('dialog').getByRole('table')
    const stateOf = async (agent: string) =>
      (await readTable(table)).find((row) => row.Agent === agent)?.State
    await expect.poll(() => stateOf('prompt'), PATIENCE).toBe('applied')
    await expect.poll(() => stateOf('sleeper'), PATIENCE).toBe('connected, not yet applied')
  })
})

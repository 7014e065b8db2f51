import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import type { ModeAudit, ModeState } from '#lib/contract/mode.ts'
import type { ModeComparison } from '#lib/contract/mode-comparison.ts'
import { requestDeploy } from '../demo/live/deploys.ts'
import { test as base } from './harness.ts'
import { openPage, PATIENCE } from './page-tools.ts'
import { AGENT, awaitApplied, batchesOf, findAlert, read, SCOPE } from './release-agent.ts'

/*
 * From an alert to the switch and back again with real agents: serial at once, the mending deploy, then a tenth of
 * the runs, half of them, all of them, each step with the comparison beside it and a line in the trail.
 */

/** Agents come up in turn: some tens of runs of one of them take a while. */
const RUNS = { timeout: 150_000, interval: 500 } as const

const test = base.override('serverOptions', { command: 'demo', args: ['--days', '1', '--speed', '20'] })

const countBatches = async (url: string, version: string, mode: string) =>
  (await batchesOf(url, version, mode)).length
const compare = (url: string) => read<ModeComparison>(url, `/api/v1/mode/comparison?${SCOPE}`)
const readRules = async (url: string) => (await read<ModeState>(url, '/api/v1/mode')).rules

/** Fills in the reason, presses, and waits until it is written. */
async function confirm(page: Page, label: RegExp, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason)
  await dialog.getByRole('button', { name: label }).click()
  await dialog.waitFor({ state: 'hidden' })
}

test('an incident ends in serial and comes back by a tenth, a half and all, compared and on record', async ({
  page,
  server,
}) => {
  const { url } = server
  const demoDir = path.join(server.dataDir, 'demo')
  await expect.poll(() => countBatches(url, '1.9.1', 'parallel'), RUNS).toBeGreaterThan(20)
  await requestDeploy(demoDir, 'faulty')
  await expect.poll(() => findAlert(url), RUNS).not.toBeNull()
  const alert = (await findAlert(url)) as AlertDetail

  await openPage(page, `/alerts/${alert.id}`)
  await page.getByRole('radio', { name: 'serial' }).click()
  await confirm(page, /^Make it serial$/, 'runs went serial with 1.10.0')
  await awaitApplied(url)
  await requestDeploy(demoDir, 'fixed')
  await expect.poll(() => countBatches(url, '1.10.1', 'serial'), RUNS).toBeGreaterThan(0)

  await openPage(page, '/mode')
  const serialRule = page.getByRole('row', { name: /^Rule 1$/ })
  await serialRule.getByText(AGENT).waitFor()
  await serialRule.getByRole('button', { name: 'Actions of rule 1' }).click()
  await page.getByRole('menuitem', { name: 'Return in steps…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox', { name: /^Return to serial by itself/ }).check()
  // The demo has races and failures of its own, at which a guard would rightly act.
  for (const kind of ['conflict', 'coupling', 'convoy'])
    await dialog.getByRole('checkbox', { name: kind }).uncheck()
  await dialog.getByRole('textbox', { name: 'Failing batches in per cent' }).fill('60')
  await dialog.getByText('serial → 10 % parallel, 90 % serial').waitFor()
  await confirm(page, /^Add rule$/, '1.10.1 is out')
  await awaitApplied(url)
  const rollout = page.getByRole('region', { name: `Rollout: ${AGENT}` })
  await rollout.getByRole('button', { name: '10 % of the runs', pressed: true }).waitFor()
  await page
    .getByRole('row', { name: /^Rule 1$/ })
    .getByText('guarded')
    .waitFor()
  await expect
    .poll(async () => {
      const { arms } = await compare(url)
      return arms.parallel.runs > 0 && arms.serial.runs > 5
    }, RUNS)
    .toBe(true)

  await rollout.getByRole('button', { name: '50 % of the runs' }).click()
  await confirm(page, /^Take 50 % of the runs$/, 'nothing fails')
  await awaitApplied(url)
  await expect.poll(async () => (await compare(url)).verdict.kind, RUNS).not.toBe('too-few')
  const halfway = await compare(url)
  expect(halfway.stages.map(({ share }) => share)).toEqual([0.1, 0.5])
  expect(halfway.sample_ratio.unbalanced).toBe(false)
  expect(halfway.metrics.find(({ name }) => name === 'wall')?.low).not.toBeNull()
  await rollout.getByRole('row', { name: /^Batch wall/ }).waitFor(PATIENCE)

  await rollout.getByRole('button', { name: '100 % of the runs' }).click()
  await confirm(page, /^Take 100 % of the runs$/, 'as fast as before')
  await awaitApplied(url)
  await rollout.getByRole('button', { name: '100 % of the runs', pressed: true }).waitFor()
  await rollout.getByText(/100 % since/).waitFor()
  await expect.poll(async () => (await findAlert(url))?.status, RUNS).toBe('resolved')
  const [first] = await readRules(url)
  expect(first).toMatchObject({ agent: AGENT, mode: 'parallel', percentage: null, guard: { fired_at: null } })

  const audit = await read<ModeAudit>(url, '/api/v1/mode/audit')
  const reasons = audit.entries.map(({ reason }) => reason).slice(0, 4)
  expect(reasons).toEqual([
    'as fast as before',
    'nothing fails',
    '1.10.1 is out',
    'runs went serial with 1.10.0',
  ])
  expect(audit).toMatchObject({ intact: true, first_broken: null })
  await page.getByText(new RegExp(`${audit.lines} lines verified`)).waitFor()
  const command = ['cli/parascope.mjs', 'audit', 'verify', '--known', audit.head_hash ?? '']
  const env = { ...process.env, PARASCOPE_DATA_DIR: server.dataDir }
  const { stdout } = await promisify(execFile)(process.execPath, command, { env })
  expect(stdout).toContain(`Intact: ${audit.lines} lines`)
}, 600_000)

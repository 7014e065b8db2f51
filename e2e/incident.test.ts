import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import { requestDeploy } from '../demo/live/deploys.ts'
import { test as base } from './harness.ts'
import { openPage } from './page-tools.ts'
import { AGENT, awaitApplied, batchesOf, findAlert } from './release-agent.ts'

/*
 * An incident with real agents from beginning to end: a deploy that awaits in a loop, the alert that names it,
 * the switch, the deploy that mends it, the way back, and the alert that ends by itself.
 */

/** Agents come up in turn: a few turns of one of them take a while. */
const RUNS = { timeout: 90_000, interval: 250 } as const

const test = base.override('serverOptions', { command: 'demo', args: ['--days', '1', '--speed', '6'] })

async function confirm(page: Page, label: RegExp): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: label }).click()
  await dialog.waitFor({ state: 'hidden' })
}

test('a deploy that serialises is named within its first runs, and mended the alert ends by itself', async ({
  page,
  server,
}) => {
  const demoDir = path.join(server.dataDir, 'demo')
  await expect
    .poll(async () => (await batchesOf(server.url, '1.9.1', 'parallel')).length, RUNS)
    .toBeGreaterThan(20)
  await openPage(page, `/alerts?agent=${AGENT}`)
  await requestDeploy(demoDir, 'faulty')
  await expect.poll(() => findAlert(server.url), RUNS).not.toBeNull()
  const alert = (await findAlert(server.url)) as AlertDetail
  const bad = (await batchesOf(server.url, '1.10.0', 'parallel')).filter(
    ({ started_at: startedAt }) => startedAt <= alert.detected_at,
  )
  expect(new Set(bad.map(({ run_id: runId }) => runId)).size).toBeLessThanOrEqual(6)
  expect(alert.suspect).toMatchObject({ kind: 'version', value: '1.10.0' })

  await openPage(page, `/alerts/${alert.id}`)
  await page.getByRole('heading', { level: 1, name: alert.summary }).waitFor()
  await page.getByRole('radio', { name: 'serial' }).click()
  await confirm(page, /^Make it serial$/)
  await awaitApplied(server.url)
  await expect
    .poll(async () => (await batchesOf(server.url, '1.10.0', 'serial')).length, RUNS)
    .toBeGreaterThan(0)

  await requestDeploy(demoDir, 'fixed')
  await expect
    .poll(async () => (await batchesOf(server.url, '1.10.1', 'serial')).length, RUNS)
    .toBeGreaterThan(0)
  expect((await findAlert(server.url))?.resolved_at).toBeNull()

  await page.getByRole('radio', { name: 'parallel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: /reason/i }).fill('1.10.1 is out')
  await confirm(page, /^Make it parallel$/)
  await page.getByText(/^resolved after/).waitFor({ timeout: RUNS.timeout })
  const ended = await findAlert(server.url)
  expect(ended).toMatchObject({ id: alert.id, status: 'resolved' })
  expect(ended?.history.at(-1)).toMatchObject({ event: 'recovered', by: 'evidence' })
}, 300_000)

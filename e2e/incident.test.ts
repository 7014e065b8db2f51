import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { AlertDetail, AlertList } from '#lib/contract/alerts.ts'
import type { Executors } from '#lib/contract/mode.ts'
import type { BatchList } from '#lib/contract/reads.ts'
import { requestDeploy } from '../demo/live/deploys.ts'
import { test as base } from './harness.ts'
import { openPage, PATIENCE } from './page-tools.ts'

/*
 * An incident with real agents from beginning to end: a deploy that awaits in a loop, the alert that names it,
 * the switch, the deploy that mends it, the way back, and the alert that ends by itself.
 */

const AGENT = 'support-refund'
/** Agents come up in turn: a few turns of one of them take a while. */
const RUNS = { timeout: 90_000, interval: 250 } as const

const test = base.override('serverOptions', { command: 'demo', args: ['--days', '1', '--speed', '6'] })

async function read<T>(url: string, address: string): Promise<T> {
  const response = await fetch(new URL(address, url))
  expect(response.status, address).toBe(200)
  return (await response.json()) as T
}

async function alertOf(url: string): Promise<AlertDetail | null> {
  const query = `agent=${AGENT}&environment=production&kind=serialized&state=all`
  const { alerts } = await read<AlertList>(url, `/api/v1/alerts?${query}`)
  const found = alerts.find(({ first_bad_version: version }) => version === '1.10.0')
  return found ? read<AlertDetail>(url, `/api/v1/alerts/${found.id}`) : null
}

async function batchesOf(url: string, version: string, mode: string): Promise<BatchList['batches']> {
  const query = `agent=${AGENT}&environment=production&version=${version}&mode=${mode}&min_size=2&limit=500`
  return (await read<BatchList>(url, `/api/v1/batches?${query}`)).batches
}

async function confirm(page: Page, label: RegExp): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: label }).click()
  await dialog.waitFor({ state: 'hidden' })
}

/** Resolves once every connected executor of the agent obeys the newest revision. */
async function awaitApplied(url: string): Promise<void> {
  await expect
    .poll(async () => {
      const { revision, executors } = await read<Executors>(url, '/api/v1/mode/executors')
      const own = executors.filter(
        ({ agent, environment }) => agent === AGENT && environment === 'production',
      )
      return own.filter((one) => one.connected && (one.applied_revision ?? 0) < revision).length
    }, PATIENCE)
    .toBe(0)
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
  await expect.poll(() => alertOf(server.url), RUNS).not.toBeNull()
  const alert = (await alertOf(server.url)) as AlertDetail
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
  expect((await alertOf(server.url))?.resolved_at).toBeNull()

  await page.getByRole('radio', { name: 'parallel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: /reason/i }).fill('1.10.1 is out')
  await confirm(page, /^Make it parallel$/)
  await page.getByText(/^resolved after/).waitFor({ timeout: RUNS.timeout })
  const ended = await alertOf(server.url)
  expect(ended).toMatchObject({ id: alert.id, status: 'resolved' })
  expect(ended?.history.at(-1)).toMatchObject({ event: 'recovered', by: 'evidence' })
}, 300_000)

import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect } from 'vitest'
import type { Executor, Executors } from '#lib/contract/mode.ts'
import type { BatchList, WireBatch } from '#lib/contract/reads.ts'
import { listActiveReleases, ROSTER } from '../demo/agents/roster.ts'
import { batchTable } from './batch-list.ts'
import { test as base } from './harness.ts'
import { openPage, readTable } from './page-tools.ts'
import { type ClockedBatch, overlapsOf, readClock } from './tool-clock.ts'

/** The agents come up in turn: seeing a batch of several calls from each takes a while. */
const ROUND = { timeout: 60_000, interval: 200 }

const EXECUTORS = ROSTER.flatMap((spec) =>
  listActiveReleases(spec, 0).map(({ version, isSerialising }) => ({
    name: `${spec.agent} ${version} (${spec.environment})`,
    environment: spec.environment,
    deadlineMs: spec.deadlineMs,
    // Its own loop awaits one call after another, whatever the mode: the bug that the demo has on purpose.
    isSerialising,
  })),
)

const CLOCK_FILE = path.join(tmpdir(), `parascope-e2e-clock-${randomUUID()}.jsonl`)
afterAll(() => rm(CLOCK_FILE, { force: true }))

const test = base.override('serverOptions', {
  command: 'demo',
  args: ['--days', '0', '--speed', '6', '--clock-file', CLOCK_FILE],
})

async function read<T>(url: string, address: string): Promise<T> {
  const response = await fetch(new URL(address, url))
  expect(response.status, address).toBe(200)
  return (await response.json()) as T
}

async function listExecutors(url: string): Promise<readonly Executor[]> {
  return (await read<Executors>(url, '/api/v1/mode/executors')).executors
}

/** Waits until every executor of `names` has run a batch that `isWanted`; the first of each. */
async function awaitFromEach(
  names: readonly string[],
  isWanted: (batch: ClockedBatch) => boolean,
): Promise<ClockedBatch[]> {
  let found = new Map<string, ClockedBatch>()
  await expect
    .poll(async () => {
      const wanted = (await readClock(CLOCK_FILE)).filter(isWanted)
      found = new Map(wanted.toReversed().map((batch) => [batch.executor, batch]))
      return names.filter((name) => !found.has(name))
    }, ROUND)
    .toEqual([])
  return names.flatMap((name) => found.get(name) ?? [])
}

const runsInParallel = (batch: ClockedBatch) => overlapsOf(batch).length > 0

/** A timer may fire this much before its time. */
const TIMER_MS = 2

/**
 * Overlaps but for a call that was given up at its deadline: the turn goes on at once, and its tool hears of
 * it a moment later.
 */
function overlapsOfServed(batch: ClockedBatch): string[] {
  const { deadlineMs = null } = EXECUTORS.find(({ name }) => name === batch.executor) ?? {}
  const limitMs = (deadlineMs ?? Number.POSITIVE_INFINITY) - TIMER_MS
  return overlapsOf(batch)
    .filter(([first]) => first.endedAtMs - first.startedAtMs < limitMs)
    .map(([first, second]) => `${second.tool} began ${first.endedAtMs - second.startedAtMs} ms too early`)
}

/** Resolves with the instant at which the last executor of the environment obeyed `revision`. */
async function awaitApplied(url: string, environment: string, revision: number): Promise<number> {
  let concerned: Executor[] = []
  const late = async () => {
    concerned = (await listExecutors(url)).filter((one) => one.connected && one.environment === environment)
    return concerned.filter((one) => (one.applied_revision ?? 0) < revision).length
  }
  await expect.poll(late, { timeout: 10_000, interval: 20 }).toBe(0)
  expect(concerned.length).toBe(EXECUTORS.filter((one) => one.environment === environment).length)
  return Math.max(...concerned.map((one) => one.applied_at ?? 0))
}

interface Flip {
  readonly revision: number
  /** Epoch ms of the press, and of the last executor's word that it obeys. */
  readonly pressedMs: number
  readonly appliedMs: number
}

async function flip(page: Page, url: string, environment: string, mode: string): Promise<Flip> {
  const revision = page.waitForResponse(
    (response) => response.request().method() === 'PUT' && response.url().endsWith('/api/v1/mode'),
  )
  const pressedMs = Date.now()
  await page.getByRole('button', { name: `Make ${environment} ${mode}` }).click()
  const written = (await (await revision).json()) as { revision: number }
  const appliedMs = await awaitApplied(url, environment, written.revision)
  return { revision: written.revision, pressedMs, appliedMs }
}

/** What was reported of these batches; waits until all of them have been. */
async function awaitReported(url: string, batches: readonly ClockedBatch[]): Promise<WireBatch[]> {
  const wanted = new Set(batches.map(({ key }) => key))
  const fromMs = Math.floor(Math.min(...batches.map(({ startMs }) => startMs))) - 5_000
  let found: WireBatch[] = []
  await expect
    .poll(async () => {
      const list = await read<BatchList>(url, `/api/v1/batches?limit=500&from=${fromMs}`)
      found = list.batches.filter(({ run_id, turn }) => wanted.has(`${run_id}/${turn}`))
      return found.length
    }, ROUND)
    .toBe(wanted.size)
  return found
}

/** Start and duration are rounded to whole microseconds each. */
const ROUNDING_MS = 0.002

/** In the table of the timeline each call begins when the one before has ended. */
async function expectOneAfterAnother(page: Page): Promise<void> {
  const table = page.getByRole('region', { name: 'Table of the timeline' }).getByRole('table')
  await table.waitFor()
  const number = (text = '') => Number(text.replaceAll(',', ''))
  const rows = (await readTable(table)).filter((row) => row.end !== '')
  const byStart = rows
    .map((row) => ({ startMs: number(row.start), endMs: number(row.end) }))
    .sort((a, b) => a.startMs - b.startMs)
  expect(byStart.length).toBeGreaterThan(0)
  for (const [index, { startMs }] of byStart.entries()) {
    const endMs = byStart[index - 1]?.endMs ?? startMs
    expect(startMs).toBeGreaterThanOrEqual(endMs - ROUNDING_MS)
  }
}

test('a flip on the page makes the next batch of every connected agent serial', async ({ page, server }) => {
  await expect
    .poll(async () => (await listExecutors(server.url)).filter((one) => one.connected).length, ROUND)
    .toBe(EXECUTORS.length)
  const parallel = EXECUTORS.filter((one) => !one.isSerialising).map(({ name }) => name)
  await awaitFromEach(parallel, runsInParallel)

  for (const environment of ['production', 'staging']) {
    await openPage(page, '/mode')
    await page.getByRole('button', { name: `Serial now: ${environment}` }).click()
    await page.getByText(`every agent in ${environment}`).waitFor()
    const { revision, pressedMs, appliedMs } = await flip(page, server.url, environment, 'serial')
    console.log(
      `${environment}: ${Math.round(appliedMs - pressedMs)} ms from the press to the last executor's application`,
    )

    const names = EXECUTORS.filter((one) => one.environment === environment).map(({ name }) => name)
    const after = (batch: ClockedBatch) => batch.startMs > appliedMs && batch.environment === environment
    const firsts = await awaitFromEach(names, (batch) => after(batch) && batch.calls.length > 1)
    const reported = await awaitReported(server.url, firsts)
    expect(reported.map(({ mode, mode_revision }) => [mode, mode_revision])).toEqual(
      firsts.map(() => ['serial', revision]),
    )
    for (const batch of (await readClock(CLOCK_FILE)).filter(after)) {
      expect(overlapsOfServed(batch), `${batch.key} of ${batch.executor}`).toEqual([])
    }

    const [shown] = reported
    const fromMs = Math.ceil(appliedMs)
    await openPage(page, `/batches?environment=${environment}&from=${fromMs}`)
    const rows = await readTable(batchTable(page))
    expect(rows.length).toBeGreaterThanOrEqual(names.length)
    expect(new Set(rows.map((row) => row.Mode))).toEqual(new Set(['serial']))
    await openPage(page, `/batches/${shown?.batch_id}`)
    await page.getByText('serial was intended').waitFor()
    await page.getByRole('button', { name: 'Table' }).click()
    await expectOneAfterAnother(page)
  }

  await openPage(page, '/mode')
  await page.getByRole('button', { name: 'Loosen production' }).click()
  await page.getByLabel('Reason').fill('the ledger is mended')
  const { appliedMs } = await flip(page, server.url, 'production', 'parallel')
  const loosened = EXECUTORS.filter((one) => one.environment === 'production' && !one.isSerialising)
  await awaitFromEach(
    loosened.map(({ name }) => name),
    (batch) => batch.startMs > appliedMs && runsInParallel(batch),
  )
}, 240_000)

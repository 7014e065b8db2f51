import { describe, expect, vi } from 'vitest'
import type { Coupling } from '#lib/contract/coupling.ts'
import type { ModeState } from '#lib/contract/mode.ts'
import { test, VIEWS } from './harness.ts'
import { expectNoSidewaysScroll, openPage, PATIENCE, readTable } from './page-tools.ts'
import { sampleBatch, sampleCall, sendBatches } from './sample-batches.ts'

const FROM_MS = Date.now() - 3_600_000

const lookup = () => sampleCall({ tool: 'lookup', resources: ['orders/7'] })
const refund = (outcome: 'ok' | 'error') =>
  sampleCall({ tool: 'refund', effect: 'write', resources: ['orders/7'], outcome })

/** Sixty batches in which `refund` writes what `lookup` reads, and half of them fail; sixty of `refund` alone. */
const BATCHES = Array.from({ length: 120 }, (_, i) => {
  const calls = i < 60 ? [lookup(), refund(i % 2 === 0 ? 'error' : 'ok')] : [refund('ok')]
  return sampleBatch({ agent: 'desk', started_at: FROM_MS + i * 1000, calls })
})

async function read<T>(url: string, path: string): Promise<T> {
  return (await (await fetch(new URL(path, url))).json()) as T
}

test.beforeAll(async ({ server }) => {
  await sendBatches(server.url, BATCHES)
  const listTools = async () => (await read<Coupling>(server.url, '/api/v1/coupling')).tools
  await vi.waitUntil(async () => (await listTools()).length === 2, PATIENCE)
})

describe('the audit', () => {
  test('says of each tool what is declared, and takes the answer of a person', async ({ page, server }) => {
    await openPage(page, '/coupling')
    const table = page.getByRole('table').first()
    const rows = await readTable(table)
    expect(rows.map((row) => row.Tool)).toEqual(['refund', 'lookup'])
    await page.getByRole('button', { name: 'Idempotent: unknown. refund' }).click()
    const panel = page.getByRole('dialog')
    await panel.getByText('nobody has said').waitFor()
    await panel.getByRole('textbox').fill('pays twice')
    await panel.getByRole('button', { name: 'No', exact: true }).click()
    await page.getByRole('button', { name: 'Idempotent: no. refund' }).waitFor()
    const { tools } = await read<Coupling>(server.url, '/api/v1/coupling')
    expect(tools.find(({ tool }) => tool === 'refund')?.answers[1]).toMatchObject({
      answer: 'no',
      source: 'marked',
      note: 'pays twice',
    })
  })

  test('shows what meets and what fails beside what, with a rule at hand', async ({ page, server }) => {
    await openPage(page, '/coupling')
    const conflicts = page.getByRole('region', { name: 'Conflicts' })
    await conflicts.getByText('in 60 of 60 batches in which they overlapped').waitFor()
    const coupled = page.getByRole('region', { name: 'Coupled' })
    await coupled.getByText(/failed in 30 of 60 batches beside it, in 0 of 60 else/).waitFor()
    await coupled.getByRole('button', { name: 'Run refund alone' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: /^Hold it to serial$/ }).click()
    await dialog.waitFor({ state: 'hidden' })
    await expect
      .poll(async () => (await read<ModeState>(server.url, '/api/v1/mode')).rules, PATIENCE)
      .toMatchObject([{ tool: 'refund', agent: 'desk', mode: 'serial' }])
  })

  test('leads to the batches that hold both tools', async ({ page }) => {
    await openPage(page, '/coupling')
    await page.getByRole('region', { name: 'Conflicts' }).getByRole('link', { name: 'Its batches' }).click()
    await page.waitForURL(/\/batches\?.*tool_match=all/)
    await page.getByRole('heading', { level: 1, name: 'Batches' }).waitFor()
  })
})

describe('on a phone', () => {
  test.override('view', VIEWS.phoneDark)

  test('the audit fits', async ({ page }) => {
    await openPage(page, '/coupling')
    await page.getByRole('link', { name: 'refund' }).waitFor()
    await expectNoSidewaysScroll(page)
  })
})

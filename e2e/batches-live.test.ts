import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { batchTable, expectIds, listedIds } from './batch-list.ts'
import { test } from './harness.ts'
import { addressOf, forgive, openPage, PATIENCE } from './page-tools.ts'
import { sampleBatch, sampleCall, sendBatches } from './sample-batches.ts'
import { startServer } from './server-process.ts'

async function streamConnected(page: Page): Promise<void> {
  await page.getByText('stream connected').waitFor()
}

function newcomers(agent: string, count: number): IngestBatch[] {
  return Array.from({ length: count }, () => sampleBatch({ agent, started_at: Date.now() }))
}

describe('news', () => {
  test('new batches announce themselves and move nothing until they are asked for', async ({
    page,
    server,
  }) => {
    const first = newcomers('announced', 2)
    await sendBatches(server.url, first)
    await openPage(page, '/batches?agent=announced')
    await streamConnected(page)
    await expect.poll(() => listedIds(page), PATIENCE).toHaveLength(2)
    const before = await listedIds(page)
    const place = await batchTable(page).getByRole('link').first().boundingBox()

    const failing = sampleBatch({
      agent: 'announced',
      started_at: Date.now(),
      calls: [sampleCall({ outcome: 'error' })],
    })
    await sendBatches(server.url, [...newcomers('announced', 2), failing])
    const pill = page.getByRole('status').getByRole('button', { name: '3 new' })
    await pill.waitFor()
    await page.getByText('one failing').waitFor()
    expect(await listedIds(page)).toEqual(before)
    expect(await batchTable(page).getByRole('link').first().boundingBox()).toEqual(place)

    await pill.click()
    await expect.poll(() => listedIds(page), PATIENCE).toHaveLength(5)
    expect((await listedIds(page)).slice(3)).toEqual(before)
    await page.getByText('Up to date').waitFor()
  })

  test('batches that the filters leave out are no news', async ({ page, server }) => {
    await sendBatches(server.url, newcomers('wanted', 1))
    await openPage(page, '/batches?agent=wanted')
    await streamConnected(page)
    await sendBatches(server.url, [...newcomers('unwanted', 4), ...newcomers('wanted', 1)])
    await page.getByRole('button', { name: '1 new' }).waitFor()
  })

  test('the live switch follows the tail, but not while a person points at a row', async ({
    page,
    server,
  }) => {
    await sendBatches(server.url, newcomers('followed', 1))
    await openPage(page, '/batches?agent=followed')
    await streamConnected(page)
    await page.getByRole('switch', { name: 'Live' }).click()
    await page.getByText('Following new batches').waitFor()
    expect(addressOf(page).get('live')).toBe('1')
    await sendBatches(server.url, newcomers('followed', 1))
    await expect.poll(() => listedIds(page), PATIENCE).toHaveLength(2)

    await batchTable(page).getByRole('row').last().hover()
    await sendBatches(server.url, newcomers('followed', 1))
    await page.getByRole('button', { name: '1 new' }).waitFor()
    expect(await listedIds(page)).toHaveLength(2)
    await page.getByRole('heading', { name: 'Batches' }).hover()
    await expect.poll(() => listedIds(page), PATIENCE).toHaveLength(3)
  })
})

describe('trouble', () => {
  test('when the server dies the rows stay, the loss is said, and all heals when it is back', async ({
    page,
    faults,
  }) => {
    const server = await startServer()
    let running = server
    onTestFinished(() => running.stop())
    await sendBatches(server.url, [sampleBatch({ batch_id: 'kept-1' })])
    await openPage(page, new URL('/batches', server.url).href)
    await expectIds(page, ['kept-1'])
    await streamConnected(page)

    await server.kill()
    await page.getByText(/^stream lost since/).waitFor()
    expect(await listedIds(page)).toEqual(['kept-1'])
    await page.getByRole('button', { name: /^Sort: / }).click()
    await page.getByRole('button', { name: 'most calls first' }).click()
    const alert = page.getByRole('alert').filter({ hasText: 'Batches could not be read' })
    await alert.getByText('the server does not answer').waitFor()

    const { port } = new URL(server.url)
    running = await startServer({ dataDir: server.dataDir, environment: { PORT: port } })
    await expectIds(page, ['kept-1'])
    await streamConnected(page)
    expect(await alert.count()).toBe(0)
    await sendBatches(running.url, [sampleBatch()])
    await page.getByRole('button', { name: '1 new' }).waitFor()
    forgive(faults, /net::ERR_/)
  })

  test('what a server refuses is said in its words, with a way to try again', async ({
    page,
    server,
    faults,
  }) => {
    await sendBatches(server.url, [sampleBatch({ agent: 'refused', batch_id: 'refused-1' })])
    await openPage(page, '/batches?agent=refused')
    await expectIds(page, ['refused-1'])
    const problem = {
      type: 'about:blank',
      title: 'Busy',
      status: 503,
      detail: 'the store is being moved',
      errors: [],
    }
    await page.route(/\/api\/v1\/batches\?/, (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    )
    await page.getByRole('columnheader', { name: 'Calls' }).getByRole('button').click()
    const alert = page.getByRole('alert').filter({ hasText: 'the store is being moved' })
    await alert.waitFor()
    await page.unroute(/\/api\/v1\/batches\?/)
    await alert.getByRole('button', { name: 'Try again' }).click()
    await expectIds(page, ['refused-1'])
    forgive(faults, /503/)
  })
})

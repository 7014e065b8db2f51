import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { test as base, VIEWS } from './harness.ts'
import { expectNoSidewaysScroll, openPage, PATIENCE } from './page-tools.ts'

const received: { headers: Record<string, string>; body: string }[] = []
let receiver: Server
let hook = ''

beforeAll(async () => {
  receiver = createServer(async (req, res) => {
    received.push({ headers: req.headers as Record<string, string>, body: await text(req) })
    res.writeHead(204).end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
})
afterAll(() => receiver.close())

const test = base.override('serverOptions', {
  environment: { PARASCOPE_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' },
})

describe('a channel', () => {
  test('is made, shows its secret once, is tested against its receiver, and removed', async ({ page }) => {
    await openPage(page, '/settings')
    await page.getByRole('heading', { name: 'Nobody is told yet' }).waitFor()
    await page.getByRole('button', { name: 'Add a channel' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('on call')
    await dialog.getByLabel('Address').fill('ftp://example.com')
    await dialog.getByText('must be an http or https URL').waitFor()
    expect(await dialog.getByRole('button', { name: 'Add the channel' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Address').fill(hook)
    await dialog.getByRole('button', { name: 'Add the channel' }).click()
    const secret = (await page.getByText(/^whsec_/).textContent()) ?? ''
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByRole('table', { name: 'Last deliveries' }).getByText('delivered').waitFor()
    await expect.poll(() => received.length, PATIENCE).toBe(1)
    const [message] = received
    expect(new Webhook(secret).verify(message?.body ?? '', message?.headers ?? {})).toMatchObject({
      type: 'test',
    })
    await page.reload()
    await page.getByText('on call').waitFor()
    expect(await page.getByText(/^whsec_/).count()).toBe(0)
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('button', { name: 'Remove it and its log' }).click()
    await page.getByRole('heading', { name: 'Nobody is told yet' }).waitFor()
  })
})

test('the sensitivity says what it means', async ({ page }) => {
  await openPage(page, '/settings')
  await page.getByText('0.005 false alarms per agent and month').waitFor()
  await page.getByText(/one in 17 years of an agent/).waitFor()
})

describe('on a phone', () => {
  test.override('view', VIEWS.phoneLight)

  test('the settings fit', async ({ page }) => {
    await openPage(page, '/settings')
    await page.getByRole('button', { name: 'Add a channel' }).waitFor()
    await expectNoSidewaysScroll(page)
  })
})

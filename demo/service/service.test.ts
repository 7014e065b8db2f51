import { afterEach, expect, test } from 'vitest'
import { createWorld } from '../world.ts'
import { type Service, startService } from './service.ts'

const world = createWorld(1)
const [order] = world.orders
const started: Service[] = []

async function start(seed: number): Promise<Service> {
  const service = await startService({ seed, world, latencyScale: 0.05 })
  started.push(service)
  return service
}

async function statuses(service: Service, count: number): Promise<number[]> {
  const seen: number[] = []
  for (let index = 0; index < count; index++)
    seen.push((await fetch(`${service.url}/orders/${order?.id}`)).status)
  return seen
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.close()))
})

test('answers come as late as their endpoint is slow, not in the order of asking', async () => {
  const service = await start(1)
  service.tune('shipment', {
    medianMs: 4_000,
    sigma: 0,
    tailShare: 0,
    throttledShare: 0,
    unavailableShare: 0,
  })
  service.tune('order', { medianMs: 1, sigma: 0, tailShare: 0, unavailableShare: 0 })
  const arrivals: string[] = []
  await Promise.all(
    [`shipments/${order?.shipmentId}`, `orders/${order?.id}`].map(async (path) => {
      const response = await fetch(`${service.url}/${path}`)
      arrivals.push(`${path.split('/')[0]} ${response.status}`)
    }),
  )
  expect(arrivals).toEqual(['orders 200', 'shipments 200'])
})

test('the same seed gives the same failures, another seed others', async () => {
  const runs = []
  for (const seed of [7, 7, 8]) {
    const service = await start(seed)
    service.tune('order', { unavailableShare: 0.5 })
    runs.push(await statuses(service, 40))
  }
  expect(runs[0]).toEqual(runs[1])
  expect(runs[0]).not.toEqual(runs[2])
  expect(new Set(runs[0])).toEqual(new Set([200, 503]))
})

test('more requests in flight than an endpoint allows are answered 429 with a time to come back', async () => {
  const service = await start(2)
  service.tune('page', { maxInFlight: 2, throttledShare: 0, unavailableShare: 0 })
  const answers = await Promise.all(
    world.pages.slice(0, 6).map((page) => fetch(`${service.url}/pages/${page}`)),
  )
  const refused = answers.filter((answer) => answer.status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.every((answer) => answer.headers.get('retry-after') === '1')).toBe(true)
})

test('a refund is remembered, and more than the order cost is refused', async () => {
  const service = await start(3)
  service.tune('refund-create', { unavailableShare: 0 })
  service.tune('refund-list', { unavailableShare: 0 })
  const refund = (amountCents: number) =>
    fetch(`${service.url}/orders/${order?.id}/refunds`, {
      method: 'POST',
      body: JSON.stringify({ amountCents }),
    })
  expect((await refund(500)).status).toBe(200)
  expect((await refund(10_000_000)).status).toBe(409)
  const listed = (await (await fetch(`${service.url}/orders/${order?.id}/refunds`)).json()) as {
    refunds: unknown[]
  }
  expect(listed.refunds).toHaveLength(1)
})

test('a client that gave up has changed nothing', async () => {
  const service = await start(4)
  service.tune('refund-create', { medianMs: 4_000, unavailableShare: 0 })
  service.tune('refund-list', { unavailableShare: 0 })
  const abort = new AbortController()
  const request = fetch(`${service.url}/orders/${order?.id}/refunds`, {
    method: 'POST',
    body: JSON.stringify({ amountCents: 500 }),
    signal: abort.signal,
  })
  abort.abort()
  await expect(request).rejects.toThrow()
  const listed = (await (await fetch(`${service.url}/orders/${order?.id}/refunds`)).json()) as {
    refunds: unknown[]
  }
  expect(listed.refunds).toEqual([])
})

test('a body that is not JSON is a 400, an unknown path a 404', async () => {
  const service = await start(5)
  expect((await fetch(`${service.url}/emails`, { method: 'POST', body: '{' })).status).toBe(400)
  expect((await fetch(`${service.url}/nowhere`)).status).toBe(404)
})

import { type PlannedCall, planCall, type Task, type Turns } from './policy.ts'

/** Nobody waits on the line here: orders come in writing. */
const WRITTEN = { hangUpShare: 0 } as const

/** Takes an order: looks up, quotes, reserves what is wanted, confirms. Reads first, then writes. */
export function* orderDesk(task: Task): Turns<void> {
  const { random, customer, ticketId } = task
  const order = random.pick(task.orders)
  yield* task.emit(planQuote(task), WRITTEN)
  const reservations = random
    .sample(order.skus, random.int(1, order.skus.length))
    .map((sku) => planCall('reserve_stock', { sku, quantity: random.int(1, 3) }))
  yield* task.emit(
    [...reservations, planCall('quote_shipping', { orderId: order.id, service: 'express' })],
    WRITTEN,
  )
  if (random.chance(0.6)) {
    const confirmation = [
      planCall('send_email', { to: customer.email, subject: `Order ${order.id} is on its way` }),
      planCall('append_ticket_note', { ticketId, note: `confirmed ${order.id}` }),
    ]
    yield* task.emit(confirmation, WRITTEN)
  }
}

function planQuote({ random, orders, customer }: Task): PlannedCall[] {
  const wanted = random.sample(orders, random.int(1, 3))
  const calls = wanted.flatMap((order) => [
    planCall('get_order', { orderId: order.id }),
    planCall('quote_shipping', { orderId: order.id, service: 'standard' }),
  ])
  calls.push(planCall('get_customer', { customerId: customer.id }))
  for (const order of wanted.slice(0, random.int(0, 2))) {
    calls.push(planCall('get_shipment_status', { shipmentId: order.shipmentId }))
  }
  return calls
}

import { type PlannedCall, planCall, type Task, type Turns } from './policy.ts'

/** Sorts incoming tickets: who is it, what did they order, which rule applies; then one note. Only reads wide. */
export function* supportTriage(task: Task): Turns<void> {
  const { random, customer, ticketId, orders } = task
  const opening = [
    planCall('search_orders', { customerId: customer.id }),
    planCall('get_customer', { customerId: customer.id }),
    planCall('list_ticket_notes', { ticketId }),
  ]
  for (const policy of random.sample(task.world.policies, random.int(0, 2))) {
    opening.push(planCall('read_policy', { policy }))
  }
  yield* task.emit(opening)
  const details = random
    .sample(orders, random.int(1, Math.min(orders.length, 6)))
    .flatMap((order, index): PlannedCall[] => {
      const lookup = planCall('get_order', { orderId: order.id })
      return index === 0 || random.chance(0.6)
        ? [lookup, planCall('get_shipment_status', { shipmentId: order.shipmentId })]
        : [lookup]
    })
  yield* task.emit(details)
  if (random.chance(0.5)) {
    yield* task.emit([
      planCall('append_ticket_note', { ticketId, note: `sorted, ${orders.length} orders seen` }),
    ])
  }
}

import { listFailed, type PlannedCall, planCall, type Task, type Turns } from './policy.ts'

/**
 * Settles one refund case: looks everything up at once, asks again for what failed, refunds, and now and
 * then adds goodwill credit in several calls at once, which is the mistake that the demo exists to show.
 */
export function* supportRefund(task: Task): Turns<void> {
  const facts = yield* task.emit(planLookups(task), { hangUpShare: 0.012 })
  const missing = listFailed(facts).filter(
    (call) => call.tool === 'get_order' || call.tool === 'get_shipment_status',
  )
  if (missing.length > 0) yield* task.emit(missing.map((call) => planCall(call.tool, call.args)))
  if (task.random.chance(0.3)) {
    yield* task.emit([note(task, 'no refund due')])
    return
  }
  yield* task.emit(planRefund(task), { hangUpShare: 0.02 })
  if (task.random.chance(0.16)) yield* giveCredit(task)
}

function planLookups({ random, orders, customer }: Task): PlannedCall[] {
  const cases = random.sample(orders, random.chance(0.25) ? random.int(2, 4) : 1)
  const calls = cases.flatMap((order) => {
    const lookups = [planCall('get_order', { orderId: order.id })]
    if (random.chance(0.8)) lookups.push(planCall('get_shipment_status', { shipmentId: order.shipmentId }))
    if (random.chance(0.5)) lookups.push(planCall('list_refunds', { orderId: order.id }))
    return lookups
  })
  calls.push(
    planCall('get_customer', { customerId: customer.id }),
    planCall('read_policy', { policy: 'refunds' }),
  )
  if (random.chance(0.2)) calls.push(planCall('read_policy', { policy: 'damaged-goods' }))
  return calls
}

function planRefund(task: Task): PlannedCall[] {
  const { random, orders, customer } = task
  const order = random.pick(orders)
  const amountCents = random.int(200, Math.max(300, Math.floor(order.totalCents / 4)))
  const refund = planCall('create_refund', { orderId: order.id, amountCents })
  return [
    refund,
    planCall('record_refund', { orderId: order.id, amountCents }, [refund]),
    planCall('send_email', { to: customer.email, subject: `Your refund for ${order.id}` }, [refund]),
    note(task, `refund of ${amountCents} for ${order.id}`),
  ]
}

/** Share of credits that the model has the sense to put one after the other. */
const CHAINED_SHARE = 0.3

/** Two or three credits to one balance in one turn, then the audit that finds out whether all arrived. */
function* giveCredit({ random, customer, emit }: Task): Turns<void> {
  const customerId = customer.id
  const isChained = random.chance(CHAINED_SHARE)
  const credits: PlannedCall[] = []
  for (const reason of random.chance(0.2)
    ? ['goodwill', 'return-label', 'delay']
    : ['goodwill', 'return-label']) {
    const args = { customerId, amountCents: random.int(250, 1290), reason }
    credits.push(planCall('apply_credit', args, isChained ? credits.slice(-1) : []))
  }
  yield* emit([...credits, planCall('get_customer', { customerId })], { hangUpShare: 0 })
  yield* emit([planCall('audit_balance', { customerId })], { hangUpShare: 0 })
}

function note({ ticketId }: Task, text: string): PlannedCall {
  return planCall('append_ticket_note', { ticketId, note: text })
}

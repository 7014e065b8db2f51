import type { Customer, Order, World } from '../world.ts'

export interface Refund {
  readonly id: string
  readonly orderId: string
  readonly amountCents: number
}

/** An answer that the caller can act on; everything but 200 is a failure of the tool that asked. */
export interface ServiceAnswer {
  readonly status: 200 | 400 | 404 | 409
  readonly body: unknown
}

const KEPT_REFUNDS = 400
const KEPT_EMAILS = 200
const FULL_SHELF = 60
const STAGES = ['label created', 'in transit', 'out for delivery', 'delivered'] as const

/**
 * What the shop remembers. It is bounded, because the demo runs until stopped: the oldest refunds are
 * archived (their orders can be refunded again), and an empty shelf is restocked after it refused once.
 */
export class ShopState {
  readonly #world: World
  readonly #orders: ReadonlyMap<string, Order>
  readonly #ordersByShipment: ReadonlyMap<string, Order>
  readonly #customers: ReadonlyMap<string, Customer>
  readonly #stock: Map<string, number>
  #refunds: Refund[] = []
  #emails: { readonly to: string; readonly subject: string }[] = []
  #shipmentLookups = 0
  #created = 0

  constructor(world: World) {
    this.#world = world
    this.#orders = new Map(world.orders.map((order) => [order.id, order]))
    this.#ordersByShipment = new Map(world.orders.map((order) => [order.shipmentId, order]))
    this.#customers = new Map(world.customers.map((customer) => [customer.id, customer]))
    this.#stock = new Map(world.skus.map((sku) => [sku, FULL_SHELF]))
  }

  getOrder(id: string): ServiceAnswer {
    return found(this.#orders.get(id), `no order ${id}`)
  }

  getCustomer(id: string): ServiceAnswer {
    return found(this.#customers.get(id), `no customer ${id}`)
  }

  searchOrders(customerId: string): ServiceAnswer {
    if (!this.#customers.has(customerId)) return notFound(`no customer ${customerId}`)
    const orders = this.#world
      .ordersOf(customerId)
      .map(({ id, totalCents, placedOn }) => ({ id, totalCents, placedOn }))
    return { status: 200, body: { customerId, orders } }
  }

  /** Parcels move on a little with every look at one, so that two lookups may tell different stages. */
  getShipment(id: string): ServiceAnswer {
    const order = this.#ordersByShipment.get(id)
    if (!order) return notFound(`no shipment ${id}`)
    this.#shipmentLookups += 1
    const stage = STAGES[Math.floor(this.#shipmentLookups / 50 + order.totalCents) % STAGES.length]
    return { status: 200, body: { id, orderId: order.id, carrier: 'Northbound', stage } }
  }

  listRefunds(orderId: string): ServiceAnswer {
    if (!this.#orders.has(orderId)) return notFound(`no order ${orderId}`)
    return {
      status: 200,
      body: { orderId, refunds: this.#refunds.filter((refund) => refund.orderId === orderId) },
    }
  }

  createRefund(orderId: string, amountCents: number): ServiceAnswer {
    const order = this.#orders.get(orderId)
    if (!order) return notFound(`no order ${orderId}`)
    if (!Number.isInteger(amountCents) || amountCents <= 0) return refused(400, 'amount_invalid')
    const refunded = this.#refunds
      .filter((refund) => refund.orderId === orderId)
      .reduce((sum, refund) => sum + refund.amountCents, 0)
    if (refunded + amountCents > order.totalCents) return refused(409, 'exceeds_order_total')
    this.#created += 1
    const refund = { id: `ref_${this.#created}`, orderId, amountCents }
    this.#refunds = [...this.#refunds, refund].slice(-KEPT_REFUNDS)
    return { status: 200, body: refund }
  }

  checkCredit(customerId: string, amountCents: number): ServiceAnswer {
    const customer = this.#customers.get(customerId)
    if (!customer) return notFound(`no customer ${customerId}`)
    const limitCents = customer.tier === 'business' ? 50_000 : 10_000
    return { status: 200, body: { customerId, approved: Math.abs(amountCents) <= limitCents } }
  }

  reserveStock(sku: string, quantity: number): ServiceAnswer {
    const onShelf = this.#stock.get(sku)
    if (onShelf === undefined) return notFound(`no item ${sku}`)
    if (!Number.isInteger(quantity) || quantity <= 0) return refused(400, 'quantity_invalid')
    if (onShelf < quantity) {
      this.#stock.set(sku, FULL_SHELF)
      return refused(409, 'out_of_stock')
    }
    this.#stock.set(sku, onShelf - quantity)
    return { status: 200, body: { sku, reserved: quantity, left: onShelf - quantity } }
  }

  quoteShipping(orderId: string, service: string): ServiceAnswer {
    const order = this.#orders.get(orderId)
    if (!order) return notFound(`no order ${orderId}`)
    const priceCents = 390 + order.skus.length * 120 + (service === 'express' ? 900 : 0)
    return { status: 200, body: { orderId, service, priceCents, days: service === 'express' ? 1 : 3 } }
  }

  sendEmail(to: string, subject: string): ServiceAnswer {
    if (!to.includes('@')) return refused(400, 'address_invalid')
    this.#emails = [...this.#emails, { to, subject }].slice(-KEPT_EMAILS)
    return { status: 200, body: { to, queued: true } }
  }

  searchCatalogue(query: string): ServiceAnswer {
    const hits = this.#world.pages.filter((page) => page.includes(query)).slice(0, 10)
    return { status: 200, body: { query, hits } }
  }

  getPage(slug: string): ServiceAnswer {
    if (!this.#world.pages.includes(slug)) return notFound(`no page ${slug}`)
    const [topic = slug, region = 'all'] = slug.split('-')
    const paragraph = `What ${region.toUpperCase()} customers ask about ${topic}, and what we answer them. `
    return { status: 200, body: { slug, text: paragraph.repeat(6 + (slug.length % 20)) } }
  }
}

function found(value: unknown, missing: string): ServiceAnswer {
  return value === undefined ? notFound(missing) : { status: 200, body: value }
}

function notFound(detail: string): ServiceAnswer {
  return { status: 404, body: { code: 'not_found', detail } }
}

function refused(status: 400 | 409, code: string): ServiceAnswer {
  return { status, body: { code } }
}

import type { EndpointName } from './endpoints.ts'
import type { ServiceAnswer, ShopState } from './state.ts'

/** A request as far as a route needs it. */
export interface ServiceRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
}

export interface MatchedRoute {
  readonly endpoint: EndpointName
  /** Does the work; called once the latency has passed, so that a client that left has changed nothing. */
  readonly answer: (state: ShopState) => ServiceAnswer
}

interface Route {
  readonly method: 'GET' | 'POST'
  /** One capturing group at most: the id in the path. */
  readonly pattern: RegExp
  readonly endpoint: EndpointName
  readonly answer: (state: ShopState, id: string, request: ServiceRequest) => ServiceAnswer
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const wholeNumber = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)

const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    pattern: /^\/orders\/(\w+)$/,
    endpoint: 'order',
    answer: (state, id) => state.getOrder(id),
  },
  {
    method: 'GET',
    pattern: /^\/orders$/,
    endpoint: 'order-search',
    answer: (state, _id, { query }) => state.searchOrders(query.get('customer') ?? ''),
  },
  {
    method: 'GET',
    pattern: /^\/customers\/(\w+)$/,
    endpoint: 'customer',
    answer: (state, id) => state.getCustomer(id),
  },
  {
    method: 'POST',
    pattern: /^\/customers\/(\w+)\/credit-checks$/,
    endpoint: 'credit-check',
    answer: (state, id, { body }) => state.checkCredit(id, wholeNumber(body.amountCents)),
  },
  {
    method: 'GET',
    pattern: /^\/shipments\/(\w+)$/,
    endpoint: 'shipment',
    answer: (state, id) => state.getShipment(id),
  },
  {
    method: 'GET',
    pattern: /^\/orders\/(\w+)\/refunds$/,
    endpoint: 'refund-list',
    answer: (state, id) => state.listRefunds(id),
  },
  {
    method: 'POST',
    pattern: /^\/orders\/(\w+)\/refunds$/,
    endpoint: 'refund-create',
    answer: (state, id, { body }) => state.createRefund(id, wholeNumber(body.amountCents)),
  },
  {
    method: 'GET',
    pattern: /^\/orders\/(\w+)\/shipping-quotes$/,
    endpoint: 'shipping-quote',
    answer: (state, id, { query }) => state.quoteShipping(id, query.get('service') ?? 'standard'),
  },
  {
    method: 'POST',
    pattern: /^\/stock\/([\w-]+)\/reservations$/,
    endpoint: 'stock-reserve',
    answer: (state, id, { body }) => state.reserveStock(id, wholeNumber(body.quantity)),
  },
  {
    method: 'POST',
    pattern: /^\/emails$/,
    endpoint: 'email',
    answer: (state, _id, { body }) => state.sendEmail(text(body.to), text(body.subject)),
  },
  {
    method: 'GET',
    pattern: /^\/catalogue$/,
    endpoint: 'catalogue-search',
    answer: (state, _id, { query }) => state.searchCatalogue(query.get('q') ?? ''),
  },
  {
    method: 'GET',
    pattern: /^\/pages\/([\w-]+)$/,
    endpoint: 'page',
    answer: (state, id) => state.getPage(id),
  },
]

/** The route that serves a request; null when there is none. */
export function matchRoute(request: ServiceRequest): MatchedRoute | null {
  for (const route of ROUTES) {
    const match = route.method === request.method ? route.pattern.exec(request.path) : null
    if (match)
      return { endpoint: route.endpoint, answer: (state) => route.answer(state, match[1] ?? '', request) }
  }
  return null
}

import type { ToolArgs, ToolName } from '../catalogue.ts'
import { integerArg, type ToolBody, ToolError, textArg } from './tool.ts'

type HttpToolName = Extract<
  ToolName,
  | 'get_order'
  | 'get_customer'
  | 'search_orders'
  | 'get_shipment_status'
  | 'list_refunds'
  | 'quote_shipping'
  | 'search_catalogue'
  | 'fetch_page'
  | 'create_refund'
  | 'reserve_stock'
  | 'send_email'
>

/** Asks the service; resolves to the parsed body, rejects with a `ToolError` for any other status than 200. */
export type ServiceClient = (path: string, signal: AbortSignal, body?: unknown) => Promise<unknown>

export function createServiceClient(serviceUrl: string): ServiceClient {
  return async (path, signal, body) => {
    const request: RequestInit =
      body === undefined
        ? { signal }
        : {
            signal,
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }
    const response = await fetch(serviceUrl + path, request)
    const answer: unknown = await response.json()
    if (response.ok) return answer
    const code = (answer as { code?: unknown }).code
    const isPassing = response.status === 429 || response.status === 503
    throw new ToolError(
      typeof code === 'string' ? code : `http_${response.status}`,
      `${path.split('?')[0]} answered ${response.status}`,
      isPassing,
    )
  }
}

/** The tools that are nothing but a request to the service. */
export function createHttpTools(ask: ServiceClient): Record<HttpToolName, ToolBody> {
  const get =
    (path: (args: ToolArgs) => string): ToolBody =>
    (args, { signal }) =>
      ask(path(args), signal)
  const post =
    (path: (args: ToolArgs) => string, body: (args: ToolArgs) => unknown): ToolBody =>
    (args, { signal }) =>
      ask(path(args), signal, body(args))
  const id = (args: ToolArgs, name: string): string => encodeURIComponent(textArg(args, name))
  return {
    get_order: get((args) => `/orders/${id(args, 'orderId')}`),
    get_customer: get((args) => `/customers/${id(args, 'customerId')}`),
    search_orders: get((args) => `/orders?customer=${id(args, 'customerId')}`),
    get_shipment_status: get((args) => `/shipments/${id(args, 'shipmentId')}`),
    list_refunds: get((args) => `/orders/${id(args, 'orderId')}/refunds`),
    quote_shipping: get(
      (args) => `/orders/${id(args, 'orderId')}/shipping-quotes?service=${id(args, 'service')}`,
    ),
    search_catalogue: get((args) => `/catalogue?q=${id(args, 'query')}`),
    fetch_page: get((args) => `/pages/${id(args, 'slug')}`),
    create_refund: post(
      (args) => `/orders/${id(args, 'orderId')}/refunds`,
      (args) => ({ amountCents: integerArg(args, 'amountCents') }),
    ),
    reserve_stock: post(
      (args) => `/stock/${id(args, 'sku')}/reservations`,
      (args) => ({ quantity: integerArg(args, 'quantity') }),
    ),
    send_email: post(
      () => '/emails',
      (args) => ({ to: textArg(args, 'to'), subject: textArg(args, 'subject') }),
    ),
  }
}

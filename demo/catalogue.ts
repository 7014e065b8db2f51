import type { EndpointName } from './service/endpoints.ts'

/** Arguments as the scripted model writes them: flat, text and numbers. */
export type ToolArgs = Readonly<Record<string, string | number>>

/** Where a tool's time goes: an endpoint of the service, or work on this machine with its median. */
export type ToolStep = { readonly endpoint: EndpointName } | { readonly localMs: number }

/** What is declared of a tool to the SDK, and what the written history needs to imitate it. */
export interface ToolSpec {
  readonly effect: 'read' | 'write' | 'read-modify-write'
  readonly resources: (args: ToolArgs) => string[]
  readonly steps: readonly ToolStep[]
}

const ask = (endpoint: EndpointName): readonly ToolStep[] => [{ endpoint }]
const local = (localMs: number): readonly ToolStep[] => [{ localMs }]

const CATALOGUE = {
  get_order: { effect: 'read', resources: (args) => [`orders/${args.orderId}`], steps: ask('order') },
  get_customer: {
    effect: 'read',
    resources: (args) => [`customers/${args.customerId}`],
    steps: ask('customer'),
  },
  search_orders: { effect: 'read', resources: () => ['orders'], steps: ask('order-search') },
  get_shipment_status: {
    effect: 'read',
    resources: (args) => [`shipments/${args.shipmentId}`],
    steps: ask('shipment'),
  },
  list_refunds: {
    effect: 'read',
    resources: (args) => [`refunds/${args.orderId}`],
    steps: ask('refund-list'),
  },
  quote_shipping: {
    effect: 'read',
    resources: (args) => [`orders/${args.orderId}`],
    steps: ask('shipping-quote'),
  },
  search_catalogue: { effect: 'read', resources: () => ['catalogue'], steps: ask('catalogue-search') },
  fetch_page: { effect: 'read', resources: (args) => [`pages/${args.slug}`], steps: ask('page') },
  read_policy: { effect: 'read', resources: (args) => [`policies/${args.policy}`], steps: local(1.4) },
  list_ticket_notes: { effect: 'read', resources: (args) => [`tickets/${args.ticketId}`], steps: local(1.1) },
  create_refund: {
    effect: 'write',
    resources: (args) => [`refunds/${args.orderId}`],
    steps: ask('refund-create'),
  },
  record_refund: { effect: 'write', resources: (args) => [`ledger/${args.orderId}`], steps: local(1.6) },
  reserve_stock: { effect: 'write', resources: (args) => [`stock/${args.sku}`], steps: ask('stock-reserve') },
  send_email: { effect: 'write', resources: (args) => [`outbox/${args.to}`], steps: ask('email') },
  append_ticket_note: {
    effect: 'write',
    resources: (args) => [`tickets/${args.ticketId}`],
    steps: local(1.8),
  },
  save_finding: { effect: 'write', resources: (args) => [`findings/${args.topic}`], steps: local(2.2) },
  // Reads the balance, asks whether the credit is allowed, writes the sum: in between, others may write.
  apply_credit: {
    effect: 'read-modify-write',
    resources: (args) => [`credits/${args.customerId}`],
    steps: [{ localMs: 0.4 }, { endpoint: 'credit-check' }, { localMs: 0.7 }],
  },
  audit_balance: { effect: 'read', resources: (args) => [`credits/${args.customerId}`], steps: local(1.2) },
} as const satisfies Record<string, ToolSpec>

export type ToolName = keyof typeof CATALOGUE

/** The same catalogue with every entry seen as a plain `ToolSpec`. */
export const TOOL_SPECS: Readonly<Record<ToolName, ToolSpec>> = CATALOGUE

export const TOOL_NAMES = Object.keys(CATALOGUE) as ToolName[]

import { createRandom, type Random } from './random.ts'

/** The shop that the demo's agents serve: who its customers are and what they ordered. */
export interface Customer {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly tier: 'standard' | 'plus' | 'business'
}

export interface Order {
  readonly id: string
  readonly customerId: string
  readonly shipmentId: string
  readonly skus: readonly string[]
  readonly totalCents: number
  readonly placedOn: string
}

export interface World {
  readonly customers: readonly Customer[]
  readonly orders: readonly Order[]
  readonly skus: readonly string[]
  readonly pages: readonly string[]
  readonly policies: readonly string[]
  readonly ordersOf: (customerId: string) => readonly Order[]
}

const GIVEN = [
  'Amara',
  'Bela',
  'Chidi',
  'Dana',
  'Edda',
  'Farid',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Keiko',
  'Lior',
]
const FAMILY = [
  'Abara',
  'Brandt',
  'Castro',
  'Dvorak',
  'Ekman',
  'Fujii',
  'Grau',
  'Haddad',
  'Ivers',
  'Jensen',
  'Kaya',
]
const GOODS = ['kettle', 'lamp', 'desk', 'chair', 'rug', 'shelf', 'mug', 'clock', 'mirror', 'blanket']
const COLOURS = ['slate', 'oak', 'white', 'moss', 'clay', 'ink']
const TOPICS = [
  'returns',
  'customs',
  'batteries',
  'warranty',
  'recycling',
  'carriers',
  'payments',
  'allergens',
]
const REGIONS = ['eu', 'uk', 'us', 'ch', 'jp', 'br']

/** Names of the policy documents that exist as files. */
export const POLICIES = [
  'refunds',
  'returns',
  'goodwill-credit',
  'shipping-delays',
  'damaged-goods',
  'fraud-checks',
] as const

function createCustomers(random: Random): Customer[] {
  return Array.from({ length: 120 }, (_, index) => {
    const given = random.pick(GIVEN)
    const family = random.pick(FAMILY)
    return {
      id: `cus_${1000 + index}`,
      name: `${given} ${family}`,
      email: `${given}.${family}.${index}@example.com`.toLowerCase(),
      tier: random.pick(['standard', 'standard', 'standard', 'plus', 'business'] as const),
    }
  })
}

function createOrders(random: Random, customers: readonly Customer[], skus: readonly string[]): Order[] {
  return Array.from({ length: 600 }, (_, index) => ({
    id: `ord_${20_000 + index}`,
    // Round robin first, so that every customer has an order; then as it falls.
    customerId: (index < customers.length ? customers[index] : random.pick(customers))?.id ?? 'cus_1000',
    shipmentId: `shp_${70_000 + index}`,
    skus: random.sample(skus, random.int(1, 4)),
    totalCents: random.int(900, 48_000),
    placedOn: `2026-0${random.int(1, 9)}-${String(random.int(1, 28)).padStart(2, '0')}`,
  }))
}

/** The shop, always the same for the same seed. */
export function createWorld(seed: number | string): World {
  const random = createRandom(`${seed}/world`)
  const customers = createCustomers(random)
  const skus = GOODS.flatMap((good) => COLOURS.map((colour) => `${good}-${colour}`))
  const pages = TOPICS.flatMap((topic) => REGIONS.map((region) => `${topic}-${region}`))
  const orders = createOrders(random, customers, skus)
  const byCustomer = Map.groupBy(orders, (order) => order.customerId)
  return { customers, orders, skus, pages, policies: POLICIES, ordersOf: (id) => byCustomer.get(id) ?? [] }
}

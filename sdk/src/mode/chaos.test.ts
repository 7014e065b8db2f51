import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Endpoint } from '../report/delivery.ts'
import { ModeClient, type ModeListener } from './client.ts'
import { seededRandom, VirtualClock, VirtualNet } from './virtual-net.test-util.ts'

/** What is promised of a network that is whole again. */
const CONVERGED_MS = 5_000
const IDENTITY = { agent: 'planner', environment: 'production', version: null, tenant: null }

afterEach(() => void vi.restoreAllMocks())

/** Clients on one network, each with the revisions that it has obeyed in their order. */
function open(count: number, seed: number, streams: (index: number) => boolean = () => true) {
  const random = seededRandom(seed)
  vi.spyOn(Math, 'random').mockImplementation(random)
  const clock = new VirtualClock()
  const net = new VirtualNet(clock, random)
  const platform = clock.platform()
  const endpoint: Endpoint = { platform, base: 'http://parascope.test/', headers: {}, send: net.send }
  const clients = Array.from({ length: count }, (_, index) => {
    const obeyed: number[] = []
    const listener: ModeListener = { onMode: ({ revision }) => obeyed.push(revision), onLost: () => {} }
    const client = new ModeClient(endpoint, IDENTITY, `e${index}`, streams(index), () => {}, listener)
    client.start()
    return { client, obeyed }
  })
  return { clock, net, clients }
}

const isRising = (revisions: readonly number[]) =>
  revisions.every((revision, i) => i === 0 || revision >= (revisions[i - 1] ?? 0))

type Fault = 'flip' | 'drop' | 'half-open' | 'refuse' | 'silence' | 'restart' | 'clear' | 'disorder'

function inflict(net: VirtualNet, fault: Fault, ms: number): void {
  const { clock } = net
  const isClear = () => {
    net.weather = 'clear'
  }
  if (fault === 'flip') net.flip()
  else if (fault === 'drop') net.drop(0.5)
  else if (fault === 'half-open') net.halfOpen(0.5)
  else if (fault === 'clear') isClear()
  else if (fault === 'disorder') net.disorder = net.disorder === 0 ? 0.4 : 0
  else if (fault === 'restart') {
    net.stop()
    clock.later(ms, () => net.start())
  } else {
    net.weather = fault === 'refuse' ? 'refusing' : 'silent'
    clock.later(ms * 2, isClear)
  }
}

const fault = fc.constantFrom<Fault>(
  'flip',
  'flip',
  'drop',
  'half-open',
  'refuse',
  'silence',
  'restart',
  'clear',
  'disorder',
)
const step = fc.record({ fault, forMs: fc.integer({ min: 0, max: 9_000 }) })

describe('clients of the mode, on a network that fails in every way', () => {
  it('obey the newest revision 5 s after it is whole again, and never go back to an older one', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.integer(), (steps, seed) => {
        const { clock, net, clients } = open(8, seed, (index) => index % 4 !== 3)
        for (const { fault, forMs } of steps) {
          inflict(net, fault, forMs)
          clock.advance(forMs)
        }
        net.weather = 'clear'
        net.disorder = 0
        net.start()
        net.flip()
        clock.advance(CONVERGED_MS)
        expect(clients.map(({ client }) => client.revision)).toEqual(clients.map(() => net.revision))
        for (const { obeyed } of clients) expect(obeyed).toSatisfy(isRising)
        for (const { client } of clients) client.close()
      }),
      { numRuns: 400 },
    )
  })

  it('come through fifty restarts of the server, converging after each', () => {
    const { clock, net, clients } = open(20, 7)
    clock.advance(CONVERGED_MS)
    for (let i = 0; i < 50; i++) {
      net.stop()
      clock.advance(500 + 400 * (i % 20))
      net.start()
      net.flip()
      clock.advance(CONVERGED_MS)
      expect(clients.map(({ client }) => client.revision)).toEqual(clients.map(() => net.revision))
      if (i % 3 === 0) net.halfOpen(0.5)
    }
    for (const { obeyed } of clients) expect(obeyed).toSatisfy(isRising)
  })

  it('notice a half-open line though nothing ends it', () => {
    const { clock, net, clients } = open(20, 11)
    clock.advance(60_000)
    net.halfOpen(1)
    net.flip()
    clock.advance(CONVERGED_MS)
    expect(clients.map(({ client }) => client.revision)).toEqual(clients.map(() => net.revision))
  })

  it('wait for a line that is only quiet: nothing is opened anew while the server says that it is there', () => {
    const { clock, net } = open(5, 13)
    clock.advance(600_000)
    expect(net.arrivals).toHaveLength(5)
  })
})

describe('a thousand clients whose server goes away and comes back', () => {
  it('come back spread over time', () => {
    const { clock, net, clients } = open(1_000, 17)
    clock.advance(30_000)
    for (const downMs of [300, 20_000]) {
      net.stop()
      clock.advance(downMs)
      net.start()
      net.arrivals.length = 0
      clock.advance(CONVERGED_MS)
      const slots = new Map<number, number>()
      for (const atMs of net.arrivals) {
        const slot = Math.floor(atMs / 100)
        slots.set(slot, (slots.get(slot) ?? 0) + 1)
      }
      expect(Math.max(...slots.values())).toBeLessThan(200)
      expect(clients.every(({ client }) => client.connected)).toBe(true)
    }
  })
})

describe('a proxy that lets no stream through', () => {
  it('is told from an outage: the clients ask instead, and each change arrives within 5 s', () => {
    const { clock, net, clients } = open(10, 19)
    clock.advance(1_000)
    // Lines that open and then say nothing.
    const mute = clock.later(0, function again() {
      net.halfOpen(1)
      clock.later(10, again)
    })
    for (let i = 0; i < 40; i++) {
      net.flip()
      clock.advance(CONVERGED_MS)
      expect(clients.map(({ client }) => client.revision)).toEqual(clients.map(() => net.revision))
    }
    mute()
  })
})

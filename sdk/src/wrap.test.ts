import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ingestBatchSchema } from '../../lib/contract/ingest.ts'
import { FarEnd } from './far-end.test-util.ts'
import { createParascope, type Parascope } from './index.ts'

let farEnd: FarEnd
let scope: Parascope

beforeEach(async () => {
  farEnd = await FarEnd.open()
  scope = createParascope({ url: farEnd.url, agent: 'tester' })
})
afterEach(async () => {
  await scope.shutdown()
  await farEnd.close()
})

const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve))

/** Each batch as the tools and outcomes of its calls. */
async function recorded() {
  expect(await scope.flush()).toBe(true)
  return farEnd.batches.map((batch) => ingestBatchSchema.parse(batch))
}
const toolsOf = (batches: Awaited<ReturnType<typeof recorded>>) =>
  batches.map(({ calls }) =>
    calls.map(({ tool, outcome }) => (outcome === 'ok' ? tool : `${tool} ${outcome}`)),
  )

describe('a wrapped function', () => {
  it('keeps its results, errors, arguments, `this` and properties', async () => {
    const data = { deep: 1 }
    const error = new Error('mine')
    const tool = Object.assign(
      async function look(this: unknown, ...args: unknown[]) {
        if (args[0] === 'fail') throw error
        return { data, self: this, args }
      },
      { description: 'looks' },
    )
    const wrapped = scope.wrap(tool, { effect: 'read' })
    const self = {}
    const result = await wrapped.call(self, 1, data)
    expect(result.data).toBe(data)
    expect(result.self).toBe(self)
    expect(result.args).toEqual([1, data])
    await expect(wrapped('fail')).rejects.toBe(error)
    expect([wrapped.name, wrapped.length, wrapped.description]).toEqual(['look', 0, 'looks'])
    expect(toolsOf(await recorded())).toEqual([['look'], ['look error']])
  })

  it('that answers synchronously still does, and throws synchronously', () => {
    const error = new RangeError('now')
    const wrapped = scope.wrap((n: number) => {
      if (n < 0) throw error
      return n * 2
    })
    expect(wrapped(4)).toBe(8)
    expect(() => wrapped(-1)).toThrow(error)
  })

  it('hands on a promise of a class or with properties of its own as it is', async () => {
    class Lazy extends Promise<number> {}
    const lazy = new Lazy((resolve) => resolve(5))
    const child = Object.assign(Promise.resolve(6), { kill: () => 'killed' })
    const wrapped = scope.wrap((which: string) => (which === 'lazy' ? lazy : child))
    expect(wrapped('lazy')).toBe(lazy)
    expect(wrapped('child')).toBe(child)
    expect(await wrapped('lazy')).toBe(5)
  })

  it('does not touch a foreign thenable, and says that its end was not seen', async () => {
    let started = 0
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: a query builder that runs when it is awaited
      then(resolve: (rows: number[]) => void) {
        started++
        resolve([1])
      },
    }
    const wrapped = scope.wrap(() => query, { tool: 'query' })
    expect(wrapped()).toBe(query)
    await turnOfLoop()
    expect(started).toBe(0)
    expect(toolsOf(await recorded())).toEqual([['query unknown']])
  })

  it('leaves what is no function as it is', () => {
    expect(scope.wrap('text' as never)).toBe('text')
    expect(scope.wrap(undefined as never)).toBe(undefined)
  })

  it('tells cancelled and timed out calls by the errors of the platform', async () => {
    const wrapped = scope.wrap((signal: AbortSignal) => Promise.reject(signal.reason), { tool: 't' })
    await Promise.allSettled([
      wrapped(AbortSignal.abort()),
      wrapped(AbortSignal.abort(new DOMException('', 'TimeoutError'))),
    ])
    expect(toolsOf(await recorded())).toEqual([['t cancelled', 't timeout']])
  })
})

describe('the batch of wrapped calls', () => {
  const later = async <T>(value: T) => {
    await turnOfLoop()
    return value
  }

  it('holds what is called in one tick, and nothing of the next', async () => {
    const [a, b] = [scope.wrap(later<number>, { tool: 'a' }), scope.wrap(later<number>, { tool: 'b' })]
    await Promise.all([a(1), b(2)])
    await a(3)
    await b(4)
    const batches = await recorded()
    expect(toolsOf(batches)).toEqual([['a', 'b'], ['a'], ['b']])
    expect(batches[0]).toMatchObject({ run_id: null, turn: null })
    expect(batches[0]?.emitted_calls ?? null).toBe(null)
  })

  it('is not one when a call is made after the other ended, even within a tick', async () => {
    const quick = scope.wrap(async () => 1, { tool: 'quick' })
    await quick()
    await quick()
    expect(toolsOf(await recorded())).toEqual([['quick'], ['quick']])
  })

  it('holds synchronous calls of one expression', async () => {
    const now = scope.wrap(() => 1, { tool: 'now' })
    expect([now(), now()]).toEqual([1, 1])
    await turnOfLoop()
    expect(toolsOf(await recorded())).toEqual([['now', 'now']])
  })

  it('is a turn, where the host says so, over any number of ticks', async () => {
    const a = scope.wrap(later<number>, { tool: 'a' })
    const result = await scope.turn({ runId: 'r', turn: 4, model: 'm', emittedCalls: 3 }, async () => {
      await a(1)
      await turnOfLoop()
      return Promise.all([a(2), a(3)])
    })
    expect(result).toEqual([2, 3])
    const batches = await recorded()
    expect(toolsOf(batches)).toEqual([['a', 'a', 'a']])
    expect(batches[0]).toMatchObject({ run_id: 'r', turn: 4, model: 'm', emitted_calls: 3 })
  })

  it('is each turn its own, also when turns of several runs interleave', async () => {
    const a = scope.wrap(later<string>, { tool: 'a' })
    const turn = (runId: string) =>
      scope.turn({ runId }, async () => {
        await a(runId)
        await a(runId)
      })
    await Promise.all(['x', 'y', 'z'].map(turn))
    const batches = await recorded()
    expect(batches.map(({ run_id, calls }) => `${run_id} ${calls.length}`)).toEqual(['x 2', 'y 2', 'z 2'])
  })

  it('ends with the last call, not with the turn', async () => {
    const a = scope.wrap(later<number>, { tool: 'a' })
    let left: Promise<number> | null = null
    scope.turn({ runId: 'r' }, () => {
      left = a(1)
    })
    await left
    expect(toolsOf(await recorded())).toEqual([['a']])
  })

  it('is none when nothing was called', async () => {
    expect(scope.turn({ runId: 'r' }, () => 'sync')).toBe('sync')
    expect(() =>
      scope.turn({}, () => {
        throw new Error('out')
      }),
    ).toThrow('out')
    await expect(scope.turn({}, () => Promise.reject(new Error('out')))).rejects.toThrow('out')
    expect(await recorded()).toEqual([])
  })

  it('of an executor inside a turn is its own, and takes the facts of the turn', async () => {
    const runBatch = scope.executor({ run: () => 1 })
    await scope.turn({ runId: 'r', turn: 2 }, () => runBatch([{ callId: 'a', tool: 't' }], { turn: 3 }))
    expect(await recorded()).toMatchObject([{ run_id: 'r', turn: 3, emitted_calls: 1 }])
  })

  it('takes ids and resources from the arguments', async () => {
    const tool = scope.wrap(async (id: number, _more: { toolCallId: string }) => id, {
      tool: 'get',
      effect: 'read',
      callId: (_id, more) => more.toolCallId,
      resources: (id) => [`orders/${id}`],
    })
    await tool(7, { toolCallId: 'call_abc' })
    const [batch] = await recorded()
    expect(batch?.calls[0]).toMatchObject({ call_id: 'call_abc', effect: 'read', resources: ['orders/7'] })
  })
})

describe('the mode of wrapped calls', () => {
  async function inMode(rules: FarEnd['rules']) {
    farEnd.flip(rules)
    const mine = createParascope({ url: farEnd.url, agent: 'tester' })
    await mine.ready()
    const open = new Set<string>()
    const log: string[] = []
    const tool = (name: string, effect: 'read' | 'write') =>
      mine.wrap(
        async () => {
          log.push(`${name}${[...open].join('')}`)
          open.add(name)
          for (let i = 0; i < 3; i++) await turnOfLoop()
          open.delete(name)
          if (name === 'w') throw new Error('write failed')
          return name
        },
        { tool: name, effect },
      )
    return { mine, log, tool }
  }

  it('serial queues them in order, and keeps results and rejections', async () => {
    const { mine, log, tool } = await inMode([{ mode: 'serial' }])
    const results = await Promise.allSettled([tool('a', 'read')(), tool('w', 'write')(), tool('b', 'read')()])
    expect(log).toEqual(['a', 'w', 'b'])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await mine.shutdown()
    expect(farEnd.batches[0]).toMatchObject({
      mode: 'serial',
      calls: [{ outcome: 'ok' }, { outcome: 'error' }, {}],
    })
  })

  it('reads-only overlaps reads alone', async () => {
    const { mine, log, tool } = await inMode([{ mode: 'reads-only' }])
    await Promise.allSettled([
      tool('a', 'read')(),
      tool('b', 'read')(),
      tool('w', 'write')(),
      tool('c', 'read')(),
    ])
    expect(log).toEqual(['a', 'ba', 'w', 'c'])
    await mine.shutdown()
  })

  it('parallel starts them synchronously', async () => {
    const { mine, log, tool } = await inMode([])
    const results = Promise.all([tool('a', 'read')(), tool('b', 'write')()])
    expect(log).toEqual(['a', 'ba'])
    await results
    await mine.shutdown()
  })

  it("a tool's cap holds among the calls of a batch", async () => {
    const { mine, log } = await inMode([])
    let open = 0
    const one = mine.wrap(
      async () => {
        log.push(`${++open}`)
        await turnOfLoop()
        open--
      },
      { tool: 'one', maxConcurrency: 1 },
    )
    await Promise.all([one(), one(), one()])
    expect(log).toEqual(['1', '1', '1'])
    await mine.shutdown()
    expect(farEnd.batches[0]).toMatchObject({ tool_caps: { one: 1 } })
  })

  it('lets a wrapped function call another, at once or later: that is a batch of its own', async () => {
    const { mine, log } = await inMode([{ mode: 'serial' }])
    const inner = mine.wrap(
      async (name: string) => {
        log.push(name)
        await turnOfLoop()
      },
      { tool: 'inner' },
    )
    const outer = mine.wrap(
      async (name: string) => {
        await inner(`${name}1`)
        await Promise.all([inner(`${name}2`), inner(`${name}3`)])
      },
      { tool: 'outer', maxConcurrency: 1 },
    )
    await mine.turn({ runId: 'r' }, () => Promise.all([outer('a'), outer('b')]))
    expect(log).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3'])
    expect(await mine.shutdown()).toBe(true)
    const batches = farEnd.batches.map(
      ({ run_id, calls }) => `${run_id} ${calls.map(({ tool }) => tool).join(' ')}`,
    )
    expect(batches.toSorted()).toEqual([
      'r inner',
      'r inner',
      'r inner inner',
      'r inner inner',
      'r outer outer',
    ])
  })

  it('a function that is declared to answer synchronously is never queued', async () => {
    const { mine, tool } = await inMode([{ mode: 'serial' }])
    const running = tool('a', 'read')()
    const now = mine.wrap(() => 5, { tool: 'now', sync: true })
    expect(now()).toBe(5)
    await running
    await mine.shutdown()
    expect(farEnd.batches[0]?.calls.map((call) => `${call.tool} ${call.outcome}`)).toEqual(['a ok', 'now ok'])
  })
})

import { AsyncLocalStorage } from 'node:async_hooks'
import * as api from '@opentelemetry/api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FarEnd } from './far-end.test-util.ts'
import { createParascope, type Parascope, type ToolCall } from './index.ts'
import { openTelemetry } from './otel.ts'

/** As much of OpenTelemetry's own SDK as the API needs behind it. */
class Contexts implements api.ContextManager {
  readonly #store = new AsyncLocalStorage<api.Context>()
  active() {
    return this.#store.getStore() ?? api.ROOT_CONTEXT
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: api.Context,
    fn: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#store.run(context, () => fn.apply(self, args))
  }
  bind<T>(_context: api.Context, target: T) {
    return target
  }
  enable() {
    return this
  }
  disable() {
    return this
  }
}

interface Made {
  readonly name: string
  readonly id: string
  readonly parent: string | undefined
  readonly attributes: api.Attributes
  readonly links: string[]
  status: api.SpanStatus | null
  ended: number
}

const made: Made[] = []

function makeSpan(name: string, options: api.SpanOptions = {}, context = api.context.active()): api.Span {
  const id = (made.length + 1).toString(16).padStart(16, '0')
  const parent = api.trace.getSpan(context)?.spanContext()
  const one: Made = {
    name,
    id,
    parent: parent?.spanId,
    attributes: { ...options.attributes },
    links: (options.links ?? []).map((link) => link.context.spanId),
    status: null,
    ended: 0,
  }
  made.push(one)
  const spanContext = { traceId: parent?.traceId ?? 'a'.repeat(32), spanId: id, traceFlags: 1 }
  const span = {
    spanContext: () => spanContext,
    setAttribute(key: string, value: api.AttributeValue) {
      one.attributes[key] = value
      return span
    },
    setStatus(status: api.SpanStatus) {
      one.status = status
      return span
    },
    end() {
      one.ended++
    },
  } as unknown as api.Span
  return span
}

const tracer = { startSpan: makeSpan } as unknown as api.Tracer
let farEnd: FarEnd
let scope: Parascope

beforeAll(() => {
  api.context.setGlobalContextManager(new Contexts())
  api.trace.setGlobalTracerProvider({ getTracer: () => tracer })
})
afterAll(() => {
  api.context.disable()
  api.trace.disable()
})
beforeEach(async () => {
  made.length = 0
  farEnd = await FarEnd.open()
  scope = createParascope({ url: farEnd.url, agent: 'tester', observer: openTelemetry(api) })
})
afterEach(async () => {
  await scope.shutdown()
  await farEnd.close()
})

const calls: ToolCall[] = [
  { callId: 'a', tool: 'look' },
  { callId: 'b', tool: 'fail' },
]

describe('openTelemetry', () => {
  it('makes one execute_tool span a call, linked with its siblings, ended once', async () => {
    const run = ({ tool }: ToolCall) =>
      tool === 'fail' ? Promise.reject(Object.assign(new Error('x'), { code: 'E_NO' })) : 1
    await scope.executor({ run })(calls)
    await scope.flush()
    const batchId = farEnd.batches[0]?.batch_id
    expect(made).toMatchObject([
      {
        name: 'execute_tool look',
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'look',
          'gen_ai.tool.call.id': 'a',
          'parascope.batch.id': batchId,
        },
        links: [],
        status: null,
        ended: 1,
      },
      {
        name: 'execute_tool fail',
        attributes: { 'gen_ai.tool.call.id': 'b', 'error.type': 'E_NO' },
        links: [made[0]?.id],
        status: { code: api.SpanStatusCode.ERROR },
        ended: 1,
      },
    ])
  })

  it('runs the tool inside its span, below the span that was active', async () => {
    const outer = makeSpan('chat')
    const run = () => makeSpan('inside').spanContext().spanId
    await api.context.with(api.trace.setSpan(api.context.active(), outer), () =>
      scope.executor({ run })(calls),
    )
    const spans = made.map(
      ({ name, parent }) => `${name} below ${made.find(({ id }) => id === parent)?.name}`,
    )
    expect(spans).toEqual([
      'chat below undefined',
      'execute_tool look below chat',
      'inside below execute_tool look',
      'execute_tool fail below chat',
      'inside below execute_tool fail',
    ])
  })

  it('takes the run from the active trace, where the caller names none', async () => {
    const outer = makeSpan('chat')
    const runBatch = scope.executor({ run: () => 1 })
    await api.context.with(api.trace.setSpan(api.context.active(), outer), async () => {
      await runBatch(calls)
      await runBatch(calls, { runId: 'mine' })
    })
    await runBatch(calls)
    await scope.flush()
    expect(farEnd.batches.map(({ run_id }) => run_id)).toEqual(['a'.repeat(32), 'mine', null])
  })
})

describe('an observer that is trouble', () => {
  it.each([
    [
      'throws',
      {
        call: () => {
          throw new Error('x')
        },
        quiet: () => {
          throw new Error('x')
        },
        runId: () => {
          throw new Error('x')
        },
      },
    ],
    ['does nothing', { call: () => undefined, quiet: () => {} }],
    [
      'does not invoke',
      {
        call: () => ({
          run: () => {},
          end: () => {
            throw new Error('x')
          },
        }),
      },
    ],
    [
      'invokes twice',
      {
        call: () => ({
          run: (invoke: () => void) => {
            invoke()
            invoke()
          },
          end: () => {},
        }),
        quiet: (invoke: () => void) => {
          invoke()
          invoke()
        },
      },
    ],
    ['is no observer', { call: 5, quiet: 'no' }],
    ['gives nonsense', { call: () => ({ run: 1, end: 2 }), runId: () => ({}) }],
  ])('because it %s changes nothing', async (_, observer) => {
    const mine = createParascope({ url: farEnd.url, agent: 'x', observer: observer as never })
    let ran = 0
    const envelopes = await mine.executor({ run: () => ++ran })(calls)
    expect(envelopes.map((item) => item.status === 'ok' && item.data)).toEqual([1, 2])
    expect(await mine.shutdown()).toBe(true)
    expect(farEnd.batches.length).toBe(1)
  })
})

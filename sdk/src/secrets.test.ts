import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { validateBatch } from '../../ingest/validate.ts'
import { FarEnd } from './far-end.test-util.ts'
import { createParascope, type ParascopeOptions, type ToolCall } from './index.ts'
import { policyExecutor } from './policies.ts'

/* Fifty secrets in every place that a host keeps them, and every way in which calls end. */

let farEnd: FarEnd
beforeEach(async () => {
  farEnd = await FarEnd.open()
})
afterEach(() => farEnd.close())

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
let state = 42

/** Letters and digits from a linear congruential generator (Numerical Recipes), the same in every run. */
function random(length: number): string {
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return LETTERS[(state >>> 8) % LETTERS.length]
  }).join('')
}

/** What secrets look like, each with what stands around it. */
const SHAPES: readonly ((part: string) => readonly [secret: string, value: unknown])[] = [
  (part) => [`sk-${part}`, { text: `use sk-${part} for it` }],
  (part) => [`ghp_${part}`, `remote: ghp_${part} is wrong`],
  (part) => [`xoxb-${part}`, ['slack', `xoxb-${part}`]],
  (part) => [`AKIA${part.toUpperCase()}`, { note: `key AKIA${part.toUpperCase()}` }],
  (part) => [part, { headers: { Authorization: `Bearer ${part}` } }],
  (part) => [part, { password: part }],
  (part) => [part, { user: { api_key: part, name: 'n' } }],
  (part) => [part, `postgres://app:${part}@db.internal/app`],
  (part) => [part, `login failed: password=${part}, try again`],
  (part) => [part, `{"clientSecret":"${part}"}`],
  (part) => [`eyJ${part}.${part}.${part}`, { jwt: `eyJ${part}.${part}.${part}` }],
  (part) => [part, { 'set-cookie': [`sid=${part}`] }],
  (part) => [part, `-----BEGIN PRIVATE KEY-----\n${part}\n-----END PRIVATE KEY-----`],
  (part) => [`${part}@example.com`, { mail: `${part}@example.com` }],
  (part) => [`${part}${part}9`, { blob: `${part}${part}9` }],
  (part) => [part, { session_token: { value: part } }],
  () => ['4111 1111 1111 1111', 'card 4111 1111 1111 1111'],
]

/** A secret in the arguments, the result or the error of one call. */
function plant(i: number): { secret: string; args: unknown; end: () => unknown } {
  const [secret, value] = (SHAPES[i % SHAPES.length] as (typeof SHAPES)[number])(random(20))
  const place = i % 3
  if (place === 0) return { secret, args: value, end: () => 'done' }
  if (place === 1) return { secret, args: { id: i }, end: () => value }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { secret, args: { id: i }, end: () => Promise.reject(new Error(text)) }
}

async function sendFifty(options: Partial<ParascopeOptions>) {
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const onDiagnostic = ({ message }: { message: string }) => lines.push(message)
  const scope = createParascope({ url: farEnd.url, agent: 'tester', log, onDiagnostic, ...options })
  const plants = Array.from({ length: 50 }, (_, i) => plant(i))
  const calls = plants.map(({ args }, i): ToolCall => ({ callId: `c${i}`, tool: `tool${i % 5}`, args }))
  const run = ({ callId = '' }: ToolCall) => plants[Number(callId.slice(1))]?.end()
  await scope.executor({ run })(calls)
  const retry = { attempts: 2, initialDelayMs: 1, when: () => true }
  await policyExecutor(scope, { run, defaults: { effect: 'read', retry, maxResultBytes: 10 } })(calls)
  const wrapped = scope.wrap((args: unknown) => run(args as ToolCall), { tool: 'wrapped' })
  await scope.turn({ runId: 'r' }, () => Promise.allSettled(calls.map((call) => wrapped(call))))
  expect(await scope.flush()).toBe(true)
  await scope.shutdown()
  expect(farEnd.batches.length).toBe(3)
  for (const batch of farEnd.batches) expect(validateBatch(batch, true)).toMatchObject({ ok: true })
  const wire = farEnd.heard.map(({ body }) => body).join('\n') + lines.join('\n')
  // As it is, as JSON spells it, and its longer half: a cut secret is still one.
  const leaked = plants.filter(({ secret }) => wire.includes(secret) || wire.includes(secret.slice(-12)))
  return { leaked: leaked.map(({ secret }) => secret), wire }
}

describe('of fifty planted secrets', () => {
  it('none leaves by default', async () => {
    expect((await sendFifty({})).leaked).toEqual([])
  })

  it('none leaves with fingerprints', async () => {
    expect((await sendFifty({ fingerprints: true })).leaked).toEqual([])
  })

  it('none leaves with everything captured, because what looks like one is taken out', async () => {
    const { leaked, wire } = await sendFifty({ capture: { args: true, results: true, errors: true } })
    expect(leaked).toEqual([])
    expect(wire).toContain('[redacted]')
    expect(wire).toContain('try again')
  })
})

describe('capture', () => {
  async function captured(capture: ParascopeOptions['capture'], args: unknown, result: unknown) {
    const told: string[] = []
    const onDiagnostic = ({ code }: { code: string }) => told.push(code)
    const scope = createParascope({ url: farEnd.url, agent: 'tester', capture, onDiagnostic })
    await scope.executor({ run: () => result })([{ callId: 'a', tool: 't', args }])
    await scope.shutdown()
    return { told, captured: farEnd.batches.at(-1)?.calls[0]?.captured }
  }

  it('takes only what was asked for', async () => {
    expect((await captured(undefined, { id: 1 }, 'x')).captured).toBeUndefined()
    expect((await captured({ args: true }, { id: 1 }, 'x')).captured).toEqual({ args: '{"id":1}' })
    expect((await captured({ results: true }, { id: 1 }, ['x', null])).captured).toEqual({
      result: '["x",null]',
    })
    expect((await captured({ errors: true }, 1, Promise.reject(new Error('no')))).captured).toEqual({
      error: 'no',
    })
  })

  it('is cut, and ends in a mark', async () => {
    const { captured: cut } = await captured({ results: true, maxChars: 10 }, 1, 'x'.repeat(100))
    expect(cut).toEqual({ result: `${'x'.repeat(9)}…` })
    const { captured: large } = await captured({ results: true, maxChars: 1e9 }, 1, 'y '.repeat(100_000))
    expect(large?.result?.length).toBe(2_048)
  })

  it("gives the host's own redaction the last word", async () => {
    const redact = (text: string, { what }: { what: string }) =>
      what === 'args' ? null : text.replace('Ann', 'A.')
    expect((await captured({ args: true, results: true, redact }, 1, 'for Ann')).captured).toEqual({
      result: 'for A.',
    })
  })

  it('leaves out what a broken redaction saw, and what cannot be read', async () => {
    const redact = () => {
      throw new Error('broken')
    }
    expect(await captured({ args: true, redact }, 1, 2)).toEqual({ told: ['hook'], captured: undefined })
    const bomb = Object.defineProperty({}, 'a', {
      enumerable: true,
      get() {
        throw new Error('bomb')
      },
    })
    const cycle: Record<string, unknown> = { name: 'node' }
    cycle.self = cycle
    expect((await captured({ args: true, results: true }, bomb, cycle)).captured).toEqual({
      result: '{"name":"node","self":…}',
    })
  })
})

describe('a retry outside of any executor', () => {
  it('is recorded as a further attempt of its call', async () => {
    const scope = createParascope({ url: farEnd.url, agent: 'tester' })
    let tries = 0
    const tool = scope.wrap(
      async (_id: string) => (tries++ < 2 ? Promise.reject(new Error('busy')) : 'fine'),
      {
        tool: 'look',
        callId: (id) => id,
      },
    )
    await scope.turn({ runId: 'r' }, async () => {
      while ((await tool('a').catch(() => null)) === null);
      // Again after it went well: a call of its own.
      await tool('a')
    })
    await scope.shutdown()
    const calls = farEnd.batches[0]?.calls.map(({ call_id, attempt, outcome }) => [
      call_id,
      attempt ?? 1,
      outcome,
    ])
    expect(calls).toEqual([
      ['a', 1, 'error'],
      ['a', 2, 'error'],
      ['a', 3, 'ok'],
      ['a#3', 1, 'ok'],
    ])
  })
})

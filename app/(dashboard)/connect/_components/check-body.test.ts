import { expect, test } from 'vitest'
import { prepareIngest } from '#ingest/pipeline.ts'
import { checkBody } from './check-body.ts'

const call = { call_id: 'c1', tool: 'get_order', outcome: 'ok', start_ms: 0, duration_ms: 5 }
const good = { batch_id: 'b1', agent: 'a', started_at: 1_790_813_256_864, calls: [call] }
const { agent: _agent, ...anonymous } = good

const BODIES = {
  good: { batches: [good] },
  'without batches': { batches: [] },
  'no list': { batches: 'b1' },
  'a field missing': { batches: [good, anonymous] },
  'a wrong outcome': { batches: [{ ...good, calls: [{ ...call, outcome: 'fine' }] }] },
  'a negative duration': { batches: [{ ...good, calls: [{ ...call, duration_ms: -1 }] }] },
  'seconds for milliseconds': { batches: [{ ...good, started_at: 1_790_813_256 }] },
  'one id twice': { batches: [{ ...good, calls: [call, call] }] },
  'no calls': { batches: [{ ...good, calls: [] }] },
}

function serverVerdict(body: unknown) {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const request = { body: bytes, encoding: '', receivedAtMs: 1_790_813_256_900, source: 'sdk' } as const
  return prepareIngest(request, 1 << 20).rejected
}

for (const [name, body] of Object.entries(BODIES)) {
  test(`says of ${name} what the server says`, () => {
    const faults = checkBody(JSON.stringify(body))?.faults ?? []
    if (faults[0]?.index === null) {
      expect(() => serverVerdict(body)).toThrow(faults[0].path)
      return
    }
    const firsts = faults.filter(({ index }, at) => faults.findIndex((one) => one.index === index) === at)
    const refused = serverVerdict(body).map(({ index, path }) => ({ index, path }))
    expect(firsts.map(({ index, path }) => ({ index, path }))).toEqual(refused)
  })
}

test('what is not JSON is said to be none, and no text says nothing', () => {
  expect(checkBody('{')?.faults[0]?.reason).toMatch(/^is not JSON/)
  expect(checkBody('  ')).toBe(null)
})

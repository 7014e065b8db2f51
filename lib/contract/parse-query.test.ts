import { describe, expect, it } from 'vitest'
import { encodeCursor } from './cursor.ts'
import { parseListQuery, parseQuery } from './parse-query.ts'
import { filterQuery } from './query.ts'

const parse = (text: string) => parseListQuery(new URLSearchParams(text))
const faults = (text: string) => {
  const parsed = parse(text)
  return parsed.ok ? [] : parsed.faults.map(({ path, reason }) => `${path}: ${reason}`)
}

describe('parseQuery', () => {
  it('turns text into values, and a repeated parameter into a list', () => {
    expect(
      parse(
        'agent=a&agent=b&tool=t&min_size=2&min_serialization=0.5&limit=10&from=2026-01-01T00:00:00Z&to=1.8e3',
      ),
    ).toMatchObject({
      ok: false,
    })
    expect(
      parse('agent=a&agent=b&tool=t&min_size=2&limit=10&from=2026-01-01T00:00:00Z&to=1800000000000'),
    ).toEqual({
      ok: true,
      query: {
        agent: ['a', 'b'],
        tool: ['t'],
        min_size: 2,
        limit: 10,
        from: Date.UTC(2026, 0, 1),
        to: 1_800_000_000_000,
      },
    })
  })

  it.each([
    ['unknown=1', 'unknown: is not a parameter of this path'],
    ['__proto__=1', '__proto__: is not a parameter of this path'],
    ['limit=0', 'limit: must be at least 1'],
    ['limit=501', 'limit: must be at most 500'],
    ['limit=1.5', 'limit: must be a whole number'],
    ['limit=ten', 'limit: must be a number'],
    ['limit=1&limit=2', 'limit: may be given only once'],
    ['min_size=', 'min_size: must be a number'],
    ['from=yesterday', 'from: must be epoch milliseconds or an ISO 8601 time'],
    ['range=5y', 'range: must be like 15m, 24h or 7d'],
    ['range=1h&from=1', 'range: cannot stand beside from or to'],
    ['range=1h&to=1', 'range: cannot stand beside from or to'],
    ['from=2&to=1', 'to: must not be before from'],
    ['agent=', 'agent: must not be empty'],
    ['cursor=nonsense', 'cursor: is not a cursor of a list in this order'],
  ])('names what is wrong with %s', (text, fault) => {
    expect(faults(text)).toEqual([fault])
  })

  it('names every parameter that is wrong', () => {
    expect(faults('limit=0&range=x&foo=1').map((fault) => fault.split(':')[0])).toEqual([
      'foo',
      'range',
      'limit',
    ])
  })

  it('takes a cursor of the list that is asked for', () => {
    const cursor = encodeCursor({ sort: 'size', order: 'asc' }, { value: 1, seq: 1 })
    expect(parse(`sort=size&order=asc&cursor=${cursor}`).ok).toBe(true)
    expect(parse(`sort=size&cursor=${cursor}`).ok).toBe(false)
  })

  it('does not take the parameters of another path', () => {
    expect(parseQuery(filterQuery, new URLSearchParams('limit=1')).ok).toBe(false)
  })
})

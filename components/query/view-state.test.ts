import { expect, test } from 'vitest'
import { filterQuery } from '#lib/contract/query.ts'
import { defaultRange, fullFilter, loadListState, toSearchParams } from './view-state.ts'

function filterOf(query: string, pathname = '/batches') {
  const state = loadListState(new URLSearchParams(query))
  return fullFilter(state, state, defaultRange(pathname))
}

test('a page without parameters asks for all time, the overview for a day', () => {
  expect(filterOf('')).toEqual({})
  expect(filterOf('', '/')).toEqual({ range: '24h' })
  expect(filterOf('range=all', '/')).toEqual({})
})

test('a relative range wins over an absolute window, as it does in the API', () => {
  expect(filterOf('range=6h&from=1&to=2')).toEqual({ range: '6h' })
  expect(filterOf('from=2026-11-20T00:00:00Z', '/')).toEqual({ from: Date.UTC(2026, 10, 20) })
})

test('what the address cannot mean is not asked for', () => {
  expect(filterOf('range=soon&mode=fast&min_size=many&outcome=error&outcome=lost')).toEqual({
    outcome: ['error'],
  })
})

test('the query string of a filter means the same filter to the API', () => {
  const filter = filterOf('tool=a%26b&tool=c&tool_match=all&min_wall_ms=50.5&environment=p&q=b_1&range=6h')
  const params = toSearchParams(filter)
  const raw = Object.fromEntries([...new Set(params.keys())].map((key) => [key, params.getAll(key)]))
  const single = Object.fromEntries(
    Object.entries(raw).map(([key, all]) => [key, all.length > 1 ? all : all[0]]),
  )
  expect(filterQuery.parse(single)).toEqual(filter)
})

test('equal filters give equal query strings, whatever the order of their parameters', () => {
  expect(toSearchParams({ b: 1, a: ['x', 'y'], c: null, d: undefined }).toString()).toBe('a=x&a=y&b=1')
})

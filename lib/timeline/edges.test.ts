import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectEdges, nearestEdge, nextEdge } from './edges.ts'
import { anyRows } from './testing/calls.ts'

const anyTime = fc.integer({ min: -2_000_000, max: 6_000_000 })

test('edges rise strictly and are all starts and ends', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const expected = new Set(
        rows.flatMap((row) => row.segments.flatMap(({ startUs, endUs }) => [startUs, endUs])),
      )
      expect([...collectEdges(rows)]).toEqual([...expected].sort((a, b) => a - b))
    }),
  )
})

test('a snap is an edge within the tolerance, and no edge is nearer', () => {
  fc.assert(
    fc.property(anyRows, anyTime, fc.nat(500_000), (rows, us, tolerance) => {
      const edges = collectEdges(rows)
      const snapped = nearestEdge(edges, us, tolerance)
      const nearest = Math.min(...Array.from(edges, (edge) => Math.abs(edge - us)), Number.POSITIVE_INFINITY)
      if (snapped === null) expect(nearest).toBeGreaterThan(tolerance)
      else expect(Math.abs(snapped - us)).toBe(nearest)
    }),
  )
})

test('walking from edge to edge visits each once, in both directions', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const edges = collectEdges(rows)
      for (const direction of [1, -1] as const) {
        const visited: number[] = []
        const beyond = direction === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
        let at = nextEdge(edges, beyond, direction)
        while (at !== null) {
          visited.push(at)
          at = nextEdge(edges, at, direction)
        }
        expect(direction === 1 ? visited : visited.reverse()).toEqual([...edges])
      }
    }),
  )
})

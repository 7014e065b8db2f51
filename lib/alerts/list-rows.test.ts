import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertOf } from './alert.test-util.ts'
import { mergeAlertRows } from './list-rows.ts'

const alert = (id: number, status: 'open' | 'resolved' = 'open') =>
  alertOf({ id: `a${id}`, detected_at: id * 1000, status })
const newestFirst = (ids: readonly number[]) => ids.toSorted((a, b) => b - a).map((id) => alert(id))
const someIds = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 20 })

describe('rows that are read anew', () => {
  it('show everything when nothing was shown', () => {
    const { rows, arrivals } = mergeAlertRows([], newestFirst([1, 2]))
    expect(rows.map((row) => row.alert.id)).toEqual(['a2', 'a1'])
    expect(arrivals).toEqual([])
  })

  it('change in place, and stay when they no longer match', () => {
    const { rows } = mergeAlertRows([alert(3), alert(2)], [alert(2, 'resolved')])
    expect(rows).toEqual([
      { alert: alert(3), hasLeft: true },
      { alert: alert(2, 'resolved'), hasLeft: false },
    ])
  })

  it('announce what belongs above and append what belongs below', () => {
    const { rows, arrivals } = mergeAlertRows([alert(5)], newestFirst([9, 5, 1]))
    expect(arrivals.map(({ id }) => id)).toEqual(['a9'])
    expect(rows.map((row) => row.alert.id)).toEqual(['a5', 'a1'])
  })

  it('never move a shown row, and lose or double nothing', () => {
    fc.assert(
      fc.property(someIds, someIds, (shownIds, freshIds) => {
        const shown = newestFirst(shownIds)
        const { rows, arrivals } = mergeAlertRows(shown, newestFirst(freshIds))
        expect(rows.slice(0, shown.length).map((row) => row.alert.id)).toEqual(shown.map(({ id }) => id))
        const all = [...rows.map((row) => row.alert.id), ...arrivals.map(({ id }) => id)]
        expect(new Set(all).size).toBe(all.length)
        expect(new Set(all)).toEqual(new Set([...shownIds, ...freshIds].map((id) => `a${id}`)))
      }),
    )
  })
})

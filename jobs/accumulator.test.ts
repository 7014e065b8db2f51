import { describe, expect, it } from 'vitest'
import type { StatsCell, StatsTable } from '#db/derived.ts'
import { DIMENSION_LIMITS } from '#db/sqlite/dimensions.ts'
import { LIMITS } from '#lib/contract/ingest.ts'
import { concurrencyKey, grainStart, sizeKey } from '#lib/stats/marginals.ts'
import { ToolStats } from '#lib/stats/tool-stats.ts'
import { createAccumulator } from './accumulator.ts'

function createTable() {
  const rows = new Map<string, Uint8Array>()
  const id = ({ grain, toolId, start, key }: StatsCell) => `${grain}/${toolId}/${start}/${key}`
  const table: StatsTable = {
    read: (cell) => rows.get(id(cell)) ?? null,
    write: (cell, stats) => void (stats === null ? rows.delete(id(cell)) : rows.set(id(cell), stats)),
    clear: () => rows.clear(),
  }
  return { rows, changes: createAccumulator(table, () => new ToolStats()) }
}

describe('gathered changes', () => {
  const lastHour = grainStart('hour', LIMITS.epochMsMax * 1000)
  const dimensionIds = Object.values(DIMENSION_LIMITS).reduce((sum, limit) => sum + limit, 0)
  const highestKey = Math.max(
    dimensionIds,
    sizeKey(LIMITS.callsPerBatch),
    concurrencyKey(LIMITS.callsPerBatch),
  )

  it('keep every cell apart from its neighbours, up to the last hour and the highest id that there can be', () => {
    const { rows, changes } = createTable()
    for (const hour of [lastHour - 1, lastHour]) {
      for (const toolId of [dimensionIds - 1, dimensionIds]) {
        for (const key of [highestKey - 1, highestKey]) changes.at(hour, toolId, key).addCall('ok', 5)
      }
    }
    changes.flush()
    expect([...rows.keys()].filter((id) => id.startsWith('0/'))).toHaveLength(8)
    expect(changes.size).toBe(0)
  })

  it('refuse an id that they could not tell from another', () => {
    const { changes } = createTable()
    expect(() => changes.at(0, 70_000, 0)).toThrow(RangeError)
  })

  it('leave no row where everything was taken away again', () => {
    const { rows, changes } = createTable()
    changes.at(5, 1, 0).addCall('ok', 5)
    changes.flush()
    expect(rows.size).toBe(2)
    changes.at(5, 1, 0).addCall('ok', 5, -1)
    changes.flush()
    expect(rows.size).toBe(0)
  })
})

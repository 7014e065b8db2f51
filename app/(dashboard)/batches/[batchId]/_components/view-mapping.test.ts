import { expect, test } from 'vitest'
import type { GanttView } from '#components/timeline/gantt-view.ts'
import { foldKey } from '#lib/timeline/fold-rows.ts'
import { prepareBatch } from '#lib/timeline/prepare-timeline.ts'
import { makeDetail, makeWireCall } from '#lib/timeline/testing/detail.ts'
import { readView, writeView } from './view-mapping.ts'
import { BATCH_VIEW_PARSERS, type BatchViewValues } from './view-params.ts'

const { timeline } = prepareBatch(
  makeDetail({
    slowest_call_id: 'c3',
    calls: [0, 1, 2, 3].map((seq) =>
      makeWireCall({ call_id: `c${seq}`, seq, tool: seq < 2 ? 'a' : 'b', duration_ms: 10 + seq }),
    ),
  }),
)

const PLAIN: BatchViewValues = {
  call: null,
  fold: null,
  by: 'emitted',
  t: null,
  rows: null,
  flat: false,
  open: [],
  table: false,
}

/** The view after a change went through the address. */
function through(change: Partial<GanttView>): GanttView {
  const written = writeView(change, timeline)
  const values = Object.entries(written).map(([key, value]) => [
    key,
    value ?? PLAIN[key as keyof BatchViewValues],
  ])
  return readView({ ...PLAIN, ...Object.fromEntries(values) }, timeline)
}

test('who looks for the first time sees the slowest sibling, chosen by nobody', () => {
  expect(readView(PLAIN, timeline)).toMatchObject({ selectedKey: 'call:c3', implied: true })
})

test('letting go of the selection is remembered, so that the slowest does not come back', () => {
  expect(through({ selectedKey: null })).toMatchObject({ selectedKey: null, implied: false })
})

test.each<Partial<GanttView>>([
  { selectedKey: 'call:c1' },
  { selectedKey: foldKey({ tool: 'a', effect: 'read', outcome: 'ok' }) },
  { openFolds: new Set([foldKey({ tool: 'a', effect: 'read', outcome: 'ok' })]) },
  { order: 'duration', detail: 'dense', folding: false, table: true },
  { window: { fromUs: 1000, toUs: 2000 } },
])('a change written to the address reads back as that change: %j', (change) => {
  expect(through(change)).toMatchObject(change)
})

test('a link to what this batch does not have shows the rest of it', () => {
  const view = readView({ ...PLAIN, fold: 99, open: [99, 0] }, timeline)
  expect(view.selectedKey).toBeNull()
  expect(view.openFolds.size).toBe(1)
})

test('a window that is none, and orders that do not exist, are as if they were not there', () => {
  expect(BATCH_VIEW_PARSERS.t.parse('5..1')).toBeNull()
  expect(BATCH_VIEW_PARSERS.by.parse('colour')).toBeNull()
  expect(BATCH_VIEW_PARSERS.t.parse('1201.1..2137')).toEqual({ fromUs: 1_201_100, toUs: 2_137_000 })
})

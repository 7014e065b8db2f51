import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { ROW_DENSITIES, rowGeometry } from './geometry.ts'
import { prepareRowMarks } from './row-marks.ts'
import { createScale } from './scale.ts'
import { anyRows, anyWindow, makeRows } from './testing/calls.ts'

const textWidth = (text: string) => text.length * 6
const full = rowGeometry('full', false)

test('a mark lies wholly inside the plot, or it is left out', () => {
  fc.assert(
    fc.property(
      anyRows,
      anyWindow,
      fc.integer({ min: 1, max: 1000 }),
      fc.constantFrom(...ROW_DENSITIES),
      fc.option(fc.string({ maxLength: 40 })),
      (rows, window, width, detail, note) => {
        const scale = createScale(window, width)
        for (const row of rows) {
          for (const mark of prepareRowMarks(row, scale, rowGeometry(detail, false), note, textWidth)) {
            const right = mark.text === null ? mark.x + mark.size : mark.textX + textWidth(mark.text)
            expect(mark.x).toBeGreaterThanOrEqual(0)
            expect(right).toBeLessThanOrEqual(scale.widthPx + 1e-9)
          }
        }
      },
    ),
  )
})

test('the note stands behind the end, before the start when there is no room, else it is left out', () => {
  const [row] = makeRows([makeCall({ startUs: 400, durationUs: 100, outcome: 'error' })])
  const textX = (toUs: number, widthPx: number) => {
    const scale = createScale({ fromUs: 0, toUs }, widthPx)
    return (
      row && prepareRowMarks(row, scale, full, 'x'.repeat(20), textWidth).find((mark) => mark.text)?.textX
    )
  }
  expect(textX(1000, 1000)).toBe(522)
  expect(textX(500, 500)).toBe(275)
  expect(textX(510, 60)).toBeUndefined()
})

test('a call outside the window has one mark that says on which side', () => {
  const [row] = makeRows([makeCall({ startUs: 500, durationUs: 100 })])
  const glyphs = (fromUs: number, toUs: number) =>
    row &&
    prepareRowMarks(row, createScale({ fromUs, toUs }, 300), full, 'note', textWidth).map(
      (mark) => mark.glyph,
    )
  expect(glyphs(700, 900)).toEqual(['earlier'])
  expect(glyphs(0, 400)).toEqual(['later'])
})

test('attempts that were replaced carry how they ended; rows too low for glyphs carry nothing', () => {
  const [row] = makeRows([
    makeCall({ attempt: 1, durationUs: 10, outcome: 'error' }),
    makeCall({ attempt: 2, startUs: 50, durationUs: 10 }),
  ])
  const scale = createScale({ fromUs: -20, toUs: 100 }, 300)
  expect(row && prepareRowMarks(row, scale, full, null, textWidth).map((mark) => mark.glyph)).toEqual([
    'error',
  ])
  expect(row && prepareRowMarks(row, scale, rowGeometry('dense', false), 'note', textWidth)).toEqual([])
})

import fc from 'fast-check'

const MAX_US = 1e13

/** Sets of durations that break naive summaries, µs: each a non-empty array of integers from 0 to 1e13. */
export function hostileValues(maxLength = 400): fc.Arbitrary<number[]> {
  const many = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: 1, maxLength })
  const anywhere = fc.integer({ min: 0, max: MAX_US })
  const heavyTail = fc
    .double({ min: 0, max: 30, noNaN: true })
    .map((x) => Math.min(MAX_US, Math.floor(Math.exp(x))))
  const tiny = fc.integer({ min: 0, max: 5 })
  const huge = fc.integer({ min: MAX_US - 1e9, max: MAX_US })
  return fc.oneof(
    fc
      .tuple(anywhere, fc.integer({ min: 1, max: maxLength }))
      .map(([value, n]) => Array<number>(n).fill(value)),
    fc
      .tuple(anywhere, anywhere, fc.array(fc.boolean(), { minLength: 1, maxLength }))
      .map(([low, high, picks]) => picks.map((pick) => (pick ? high : low))),
    many(heavyTail),
    many(tiny),
    many(huge),
    many(fc.constant(0)),
    many(fc.oneof(fc.constant(0), heavyTail, tiny, huge)),
  )
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostileValues } from './hostile-values.test-util.ts'
import { computePercentile } from './percentile.ts'
import { Sketch } from './sketch.ts'
import { decodeSketch, encodeSketch, mergeEncodedSketch } from './sketch-codec.ts'

const QUANTILES = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1]

function sketchOf(values: readonly number[]): Sketch {
  const sketch = new Sketch()
  for (const value of values) sketch.add(value)
  return sketch
}

describe('Sketch', () => {
  it('answers any quantile within 1 % of the exact one, and 0 as 0', () => {
    fc.assert(
      fc.property(hostileValues(), (values) => {
        const sketch = sketchOf(values)
        const sorted = values.toSorted((a, b) => a - b)
        for (const p of QUANTILES) {
          const exact = computePercentile(sorted, p) ?? Number.NaN
          expect(Math.abs((sketch.quantile(p) ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact / 100)
        }
      }),
    )
  })

  it('is within 1 % at every value of the range, bin edges included', () => {
    const offBy = (value: number) => Math.abs((sketchOf([value]).quantile(0.5) ?? 0) - value) / value
    let worst = 0
    for (let value = 1; value < 100_000; value++) worst = Math.max(worst, offBy(value))
    for (let bin = 500; bin < 1856; bin++) {
      const edge = Math.floor(1.02 ** bin)
      worst = Math.max(worst, offBy(edge), offBy(edge + 1))
    }
    expect(worst).toBeLessThan(0.01)
  })

  it('is exact for the smallest values', () => {
    for (let value = 0; value <= 50; value++) expect(sketchOf([value]).quantile(0.5)).toBe(value)
  })

  it('counts exactly and knows no quantile when empty', () => {
    expect(new Sketch().quantile(0.5)).toBeNull()
    const sketch = sketchOf([0, 0, 7])
    sketch.add(1_000_000, 40)
    expect([sketch.n, sketch.zeros]).toEqual([43, 2])
  })

  it('merged from parts equals the whole', () => {
    fc.assert(
      fc.property(hostileValues(), hostileValues(), (left, right) => {
        const merged = sketchOf(left)
        merged.merge(sketchOf(right))
        expect(encodeSketch(merged)).toEqual(encodeSketch(sketchOf([...left, ...right])))
        expect(merged.n).toBe(left.length + right.length)
      }),
    )
  })

  it('with values taken away equals one that never held them', () => {
    fc.assert(
      fc.property(hostileValues(), hostileValues(), (kept, taken) => {
        const one = sketchOf([...kept, ...taken])
        for (const value of taken) one.subtract(value)
        const other = sketchOf([...kept, ...taken])
        other.merge(sketchOf(taken), -1)
        expect(encodeSketch(one)).toEqual(encodeSketch(sketchOf(kept)))
        expect(encodeSketch(other)).toEqual(encodeSketch(sketchOf(kept)))
      }),
    )
  })

  it('does not depend on the order of its values', () => {
    const shuffled = hostileValues().chain((values) =>
      fc.tuple(fc.constant(values), fc.shuffledSubarray(values, { minLength: values.length })),
    )
    fc.assert(
      fc.property(shuffled, ([values, permuted]) => {
        expect(encodeSketch(sketchOf(permuted))).toEqual(encodeSketch(sketchOf(values)))
      }),
    )
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %s', (value) => {
    expect(() => new Sketch().add(value)).toThrow(RangeError)
  })

  it('holds the largest safe integer', () => {
    expect(sketchOf([Number.MAX_SAFE_INTEGER]).n).toBe(1)
  })
})

describe('an encoded sketch', () => {
  it('decodes to the same content, also with large counts and gaps', () => {
    const counted = fc.array(fc.tuple(fc.integer({ min: 0, max: 1e13 }), fc.integer({ min: 1, max: 1e6 })))
    fc.assert(
      fc.property(counted, (entries) => {
        const sketch = new Sketch()
        for (const [value, count] of entries) sketch.add(value, count)
        const decoded = decodeSketch(encodeSketch(sketch))
        expect(encodeSketch(decoded)).toEqual(encodeSketch(sketch))
        expect(decoded.n).toBe(sketch.n)
        for (const p of QUANTILES) expect(decoded.quantile(p)).toBe(sketch.quantile(p))
      }),
    )
  })

  it('merges as the decoded one would, and can be taken away again', () => {
    fc.assert(
      fc.property(hostileValues(), hostileValues(), (left, right) => {
        const target = sketchOf(left)
        mergeEncodedSketch(target, encodeSketch(sketchOf(right)))
        expect(encodeSketch(target)).toEqual(encodeSketch(sketchOf([...left, ...right])))
        mergeEncodedSketch(target, encodeSketch(sketchOf(right)), -1)
        expect(encodeSketch(target)).toEqual(encodeSketch(sketchOf(left)))
      }),
    )
  })

  it('keeps the format in which it is stored', () => {
    const sketch = sketchOf([0, 0, 1, 2, 1000, 1010, 1e9])
    sketch.add(2, 40)
    expect(Buffer.from(encodeSketch(sketch)).toString('hex')).toBe('020500ff1c09e0b10200e0b105')
  })

  it('takes two bytes when empty and one a value where values are close', () => {
    expect(encodeSketch(new Sketch()).length).toBe(2)
    expect(encodeSketch(sketchOf([1000, 1100, 1200, 1300])).length).toBeLessThanOrEqual(8)
  })

  it('is refused when cut off, continued or out of range', () => {
    const bytes = encodeSketch(sketchOf([0, 5, 1000, 1e9]))
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSketch(bytes.slice(0, length))).toThrow(RangeError)
    }
    expect(() => decodeSketch(Uint8Array.of(...bytes, 0))).toThrow(RangeError)
    expect(() => decodeSketch(Uint8Array.of(0, 1, 0xe0, 0xff, 0xff, 0x01))).toThrow(RangeError)
  })

  it('is never made of a sketch from which more was taken than it held', () => {
    const sketch = sketchOf([5])
    sketch.subtract(1000)
    expect(() => encodeSketch(sketch)).toThrow(RangeError)
  })
})

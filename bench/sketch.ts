import { computePercentile } from '#lib/stats/percentile.ts'
import { Sketch } from '#lib/stats/sketch.ts'
import { encodeSketch, mergeEncodedSketch } from '#lib/stats/sketch-codec.ts'
import { median, type Row } from './lib/report.ts'
import { createRandom } from './lib/workload.ts'

const VALUES = 1_000_000
const PARTS = 168
const ROUNDS = 5
const PERCENTILES = [0.5, 0.95, 0.99]

/** Percentiles of a million durations: merged from the encoded sketches of a week's hours, against sorting them. */
export async function benchSketch(): Promise<Row[]> {
  const random = createRandom(3)
  const values = Array.from({ length: VALUES }, () => Math.round(Math.exp(random() * 9 + random() * 4)))
  const parts = Array.from({ length: PARTS }, () => new Sketch())
  values.forEach((value, i) => {
    parts[i % PARTS]?.add(value)
  })
  const encoded = parts.map(encodeSketch)
  const exactMs: number[] = []
  const sketchMs: number[] = []
  let worst = 0
  for (let round = 0; round < ROUNDS; round++) {
    const exact = timed(exactMs, () => {
      const sorted = Float64Array.from(values).sort()
      return PERCENTILES.map((p) => computePercentile(sorted, p) as number)
    })
    const estimated = timed(sketchMs, () => {
      const merged = new Sketch()
      for (const bytes of encoded) mergeEncodedSketch(merged, bytes)
      return PERCENTILES.map((p) => merged.quantile(p) as number)
    })
    exact.forEach((value, i) => {
      worst = Math.max(worst, Math.abs((estimated[i] as number) - value) / value)
    })
  }
  const bytes = encoded.reduce((sum, part) => sum + part.byteLength, 0)
  return [
    {
      what: 'p50, p95, p99 of 1 M durations from 168 sketches',
      measured: `${median(sketchMs).toFixed(2)} ms against ${median(exactMs).toFixed(0)} ms sorted; ${(bytes / VALUES).toFixed(2)} bytes a call; worst error ${(worst * 100).toFixed(2)} %`,
      ratio: median(sketchMs.map((ms, i) => ms / (exactMs[i] as number))),
      budget: 'error ≤ 1 %',
      met: worst <= 0.01,
      varied: `${ROUNDS} rounds in turn, each percentile compared with the exact one`,
    },
  ]
}

function timed<T>(into: number[], work: () => T): T {
  const startedMs = performance.now()
  const result = work()
  into.push(performance.now() - startedMs)
  return result
}

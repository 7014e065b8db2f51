import { collapse } from './collapse.ts'
import { conflict } from './conflict.ts'
import { convoy } from './convoy.ts'
import { coupling } from './coupling.ts'
import type { Detector } from './detector.ts'
import { latency } from './latency.ts'
import { missed } from './missed.ts'
import { serialized } from './serialized.ts'
import { straggler } from './straggler.ts'

/**
 * All detectors, in the order in which they see a batch: whoever explains comes before who is explained, and
 * `latency` is last, so that a batch is learned from once it has been judged.
 */
export const DETECTORS: readonly Detector[] = [
  serialized,
  conflict,
  collapse,
  missed,
  convoy,
  straggler,
  coupling,
  latency,
]

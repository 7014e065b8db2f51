import type { Detector } from './detector.ts'
import { latency } from './latency.ts'

/**
 * All detectors, in the order in which they see a batch: whoever explains comes before who is explained, and
 * `latency` is last, so that a batch is learned from once it has been judged.
 */
export const DETECTORS: readonly Detector[] = [latency]

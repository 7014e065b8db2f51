import type { Detector } from './detector.ts'

/** All detectors, in the order in which they see a batch: whoever explains comes before who is explained. */
export const DETECTORS: readonly Detector[] = []

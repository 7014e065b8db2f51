/** How alike calls of a tool are within a run: the mean product of the scores of two that follow each other. */
export interface Clustering {
  pairs: number
  products: number
}

/** Before anything was seen: as alike as calls of a run often are. */
const PRIOR = { pairs: 12, correlation: 0.2 }
const MEMORY = 500
const HIGHEST = 0.9

export function createClustering(): Clustering {
  return { pairs: 0, products: 0 }
}

export function learnClustering(clustering: Clustering, before: number, score: number): void {
  clustering.pairs++
  clustering.products = Math.round((clustering.products + before * score) * 1000) / 1000
  if (clustering.pairs <= MEMORY) return
  clustering.pairs /= 2
  clustering.products /= 2
}

/**
 * What the call after `before` others of its tool adds to a run: m calls that correlate by r say as much as
 * m / (1 + (m - 1) r) independent ones.
 */
export function weightWithin({ pairs, products }: Clustering, before: number): number {
  const mean = (PRIOR.pairs * PRIOR.correlation + products) / (PRIOR.pairs + pairs)
  const correlation = Math.min(HIGHEST, Math.max(0, mean))
  const worth = (calls: number) => calls / (1 + (calls - 1) * correlation)
  return before === 0 ? 1 : worth(before + 1) - worth(before)
}

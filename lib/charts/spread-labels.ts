/**
 * Moves labels apart until neighbours are at least `minGap` from each other and all lie within
 * [`low`, `high`], keeping their order and each as near to its place as the others allow. Places are in
 * any order; the answer is in the same. When there is no room for all, they are spread evenly.
 */
export function spreadLabels(places: readonly number[], minGap: number, low: number, high: number): number[] {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0) || a - b)
  const gap = Math.min(minGap, places.length > 1 ? (high - low) / (places.length - 1) : 0)
  const spread = new Array<number>(places.length).fill(0)
  let previous = Number.NEGATIVE_INFINITY
  for (const index of order) {
    previous = Math.max(places[index] ?? 0, previous + gap, low)
    spread[index] = previous
  }
  let next = Number.POSITIVE_INFINITY
  for (const index of order.toReversed()) {
    next = Math.min(spread[index] ?? 0, next - gap, high)
    spread[index] = next
  }
  return spread
}

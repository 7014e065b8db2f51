/** A function that runs `work` once, `delayMs` after the first of any number of calls. */
export function coalesce(work: () => void, delayMs: number): () => void {
  let scheduled = false
  return () => {
    if (scheduled) return
    scheduled = true
    setTimeout(() => {
      scheduled = false
      work()
    }, delayMs)
  }
}

import { planCall, type Task, type Turns } from './policy.ts'

/** Share of runs that sweep most of the help centre in one turn. */
const SWEEP_SHARE = 0.025

/** Reads through the help centre: searches, fetches many pages at once under its cap, writes findings down. */
export function* researchCrawler(task: Task): Turns<void> {
  const { random, world } = task
  const topics = random.sample(
    [...new Set(world.pages.map((page) => page.split('-')[0] ?? page))],
    random.int(1, 3),
  )
  yield* task.emit(topics.map((query) => planCall('search_catalogue', { query })))
  const rounds = random.int(1, 3)
  for (let round = 0; round < rounds; round++) {
    const isSweep = random.chance(SWEEP_SHARE)
    const pages = random.sample(world.pages, isSweep ? 40 : random.int(3, 12))
    yield* task.emit(pages.map((slug) => planCall('fetch_page', { slug })))
  }
  yield* task.emit(
    topics.map((topic) => planCall('save_finding', { topic, finding: `${rounds} rounds of reading` })),
  )
}

import type { Browser, Page } from 'playwright-core'

/*
 * What the main thread of a page does for each frame, from Chromium's own trace. CPU time and not the clock:
 * a busy machine makes frames late, but not dearer.
 */

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  /** Microseconds of CPU. */
  readonly tdur?: number
}

const STEP_MARK = 'bench-step'
const TASK = 'ThreadControllerImpl::RunTask'
const CATEGORIES = ['toplevel', 'cc', 'blink.user_timing']

/**
 * Does `act` so many times, a step each, and waits for the picture after each. The answer is the dearest
 * frame of every step: its own time and that of all tasks since the frame before, in ms.
 */
export async function traceFrames(
  browser: Browser,
  page: Page,
  steps: number,
  act: (step: number) => Promise<void>,
): Promise<number[]> {
  await browser.startTracing(page, { categories: CATEGORIES })
  for (let step = 0; step < steps; step++) {
    await page.evaluate((name) => performance.mark(name), STEP_MARK)
    await act(step)
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  }
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const dearest = dearestFrames(trace.traceEvents)
  if (dearest.length < steps) throw new Error(`the trace tells of ${dearest.length} steps of ${steps}`)
  return dearest
}

/** What `act` costs the main thread until it has resolved, in ms, and what it resolved to. */
export async function traceTask<T>(
  browser: Browser,
  page: Page,
  act: () => Promise<T>,
): Promise<{ readonly value: T; readonly threadMs: number }> {
  await browser.startTracing(page, { categories: CATEGORIES })
  await page.evaluate((name) => performance.mark(name), STEP_MARK)
  const value = await act()
  await page.evaluate((name) => performance.mark(name), STEP_MARK)
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const { marks, tasks } = ownEvents(trace.traceEvents)
  const [from, to] = marks
  if (!from || !to) throw new Error('the trace does not tell of the task')
  const within = tasks.filter((task) => task.ts >= from.ts && task.ts < to.ts)
  return { value, threadMs: within.reduce((sum, task) => sum + (task.tdur ?? 0), 0) / 1000 }
}

/** Of the page that was marked, on the thread on which it was: others draw nothing of it. */
function ownEvents(events: readonly TraceEvent[]) {
  const marks = events.filter((event) => event.name === STEP_MARK).sort((a, b) => a.ts - b.ts)
  const own = events.filter((event) => event.pid === marks[0]?.pid && event.tid === marks[0]?.tid)
  const tasks = own.filter((event) => event.name === TASK && event.tdur !== undefined)
  tasks.sort((a, b) => a.ts - b.ts)
  return { marks, tasks, frames: own.filter((event) => event.name.endsWith('BeginMainFrame')) }
}

function dearestFrames(events: readonly TraceEvent[]): number[] {
  const { marks, tasks, frames } = ownEvents(events)
  const dearest: number[] = []
  let step = -1
  let sinceFrameUs = 0
  for (const task of tasks) {
    const endTs = task.ts + (task.dur ?? 0)
    while ((marks[step + 1]?.ts ?? Number.POSITIVE_INFINITY) < endTs) step++
    if (step < 0) continue
    sinceFrameUs += task.tdur ?? 0
    if (!frames.some(({ ts }) => ts >= task.ts && ts <= endTs)) continue
    dearest[step] = Math.max(dearest[step] ?? 0, sinceFrameUs / 1000)
    sinceFrameUs = 0
  }
  return dearest
}

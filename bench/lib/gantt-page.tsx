import '../../app/tokens.css'
import '../../app/globals.css'

import { useState } from 'react'
import { createRoot } from 'react-dom/client'
import { Gantt } from '#components/timeline/gantt.tsx'
import type { GanttView } from '#components/timeline/gantt-view.ts'
import { batchDetailSchema } from '#lib/contract/reads.ts'
import type { Timeline } from '#lib/timeline/model.ts'
import { prepareBatch } from '#lib/timeline/prepare-timeline.ts'

/*
 * The page of the Gantt's bench: the component alone, with the style sheets of the product, fed with the
 * text of an answer as the browser receives it.
 */

export interface GanttBenchPage {
  /** Parses, prepares, renders and paints; wall ms from the text at hand to the painted canvas. */
  readonly open: (answer: string, view: Partial<GanttView>) => Promise<number>
}

declare global {
  interface Window {
    ganttBench: GanttBenchPage
  }
}

const WHOLE: GanttView = {
  order: 'emitted',
  detail: null,
  folding: true,
  openFolds: new Set(),
  selectedKey: null,
  implied: true,
  window: null,
  table: false,
}

function Page({ timeline, first }: { readonly timeline: Timeline; readonly first: GanttView }) {
  const [view, setView] = useState(first)
  return (
    <Gantt
      timeline={timeline}
      view={view}
      onView={(change) => setView((before) => ({ ...before, ...change }))}
      touch={false}
    />
  )
}

window.ganttBench = {
  async open(answer, view) {
    document.querySelector('#root')?.remove()
    const element = document.body.appendChild(document.createElement('div'))
    element.id = 'root'
    const startedMs = performance.now()
    const { timeline } = prepareBatch(batchDetailSchema.parse(JSON.parse(answer)))
    createRoot(element).render(<Page timeline={timeline} first={{ ...WHOLE, ...view }} />)
    while (!element.querySelector('canvas[data-rows]')) await nextFrame()
    return performance.now() - startedMs
  },
}

function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve))
}

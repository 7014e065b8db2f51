'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { useCallback, useMemo } from 'react'
import type { FilterQuery } from '#lib/contract/query.ts'
import { defaultRange, VIEW_PARSERS, type ViewValues, viewFilter } from './view-state.ts'

/** Parameters that links between pages carry along. */
const CARRIED = [...Object.keys(VIEW_PARSERS), 'tz']

export interface ViewState {
  /** As in the address; nulls are not set. */
  readonly view: ViewValues
  /** The range in force: the address's, else what the page begins with; null for an absolute window. */
  readonly range: string | null
  /** The shared filters as the read API takes them. */
  readonly filter: FilterQuery
  readonly setRange: (range: string) => void
  /** An absolute window in epoch ms; a null bound is open. */
  readonly setWindow: (fromMs: number | null, toMs: number | null) => void
  readonly setEnvironments: (environments: string[]) => void
  readonly setAgents: (agents: string[]) => void
  readonly setLive: (live: boolean) => void
}

/** The part of the view state that every page shares, read from and written to the address. */
export function useViewState(): ViewState {
  const pathname = usePathname()
  const [view, setView] = useQueryStates(VIEW_PARSERS, { history: 'push' })
  const fallback = defaultRange(pathname)
  const filter = useMemo(() => viewFilter(view, fallback), [view, fallback])
  const isAbsolute = view.range === null && (view.from !== null || view.to !== null)
  return {
    view,
    range: isAbsolute ? null : (view.range ?? fallback),
    filter,
    setRange: (range) => void setView({ range, from: null, to: null }),
    setWindow: (from, to) => void setView({ range: null, from, to }),
    setEnvironments: (environment) =>
      void setView({ environment: environment.length > 0 ? environment : null }),
    setAgents: (agent) => void setView({ agent: agent.length > 0 ? agent : null }),
    setLive: (live) => void setView({ live: live || null }, { history: 'replace' }),
  }
}

/** Extra parameters of a link; a list repeats the parameter, null leaves it out. */
export type LinkExtra = Readonly<Record<string, string | number | readonly string[] | null>>

/** Makes links to other pages that keep the window, environment, agent and time zone of this one. */
export function useViewLink(): (pathname: string, extra?: LinkExtra) => string {
  const current = useSearchParams()
  return useCallback(
    (pathname, extra = {}) => {
      const params = new URLSearchParams()
      for (const key of CARRIED) {
        if (key in extra) continue
        for (const value of current.getAll(key)) params.append(key, value)
      }
      for (const [key, value] of Object.entries(extra)) {
        if (value === null) continue
        for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item))
      }
      const query = params.toString()
      return query === '' ? pathname : `${pathname}?${query}`
    },
    [current],
  )
}

/** Makes links that keep every parameter of this page: from a list to its members and back. */
export function useSameQueryLink(): (pathname: string) => string {
  const current = useSearchParams().toString()
  return useCallback((pathname) => (current === '' ? pathname : `${pathname}?${current}`), [current])
}

'use client'

import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { KindGlyph } from '#components/alerts/kind-glyph.tsx'
import {
  CURRENT_ALERTS,
  facetsQuery,
  newestAlertsQuery,
  newestBatchesQuery,
} from '#components/query/queries.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { AlertsIcon, BatchesIcon, ModeIcon, ThemeIcon, ToolsIcon } from '#components/ui/icons.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { describeAgent, describeKey, describeSuspect } from '#lib/alerts/words.ts'
import type { Alert } from '#lib/contract/alerts.ts'
import type { Facets, WireBatch } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { PAGES } from './pages.ts'
import { useThemeSwitch } from './preference-controls.tsx'

export interface PaletteEntry {
  readonly id: string
  readonly label: string
  readonly icon: ReactNode
  readonly note?: string
  readonly keys?: string
  /** Set in mono: an id or a name from a stranger. */
  readonly isCode?: boolean
  /** Where it goes, or else what it does. */
  readonly href?: string
  readonly run?: () => void
}

export interface PaletteGroup {
  readonly title: string
  readonly entries: readonly PaletteEntry[]
}

/** An id is searched by its beginning, from this many characters on. */
const SEARCH_FROM_CHARS = 2

/** What the palette offers for what has been typed, by kind. */
export function usePaletteEntries(search: string, onShowKeys: () => void): readonly PaletteGroup[] {
  const link = useViewLink()
  const facets = useQuery(facetsQuery({}))
  const [settled] = useDebouncedValue(search.trim(), 120)
  const batches = useQuery({
    ...newestBatchesQuery({ q: settled }),
    enabled: settled.length >= SEARCH_FROM_CHARS,
  })
  const alerts = useQuery(newestAlertsQuery(CURRENT_ALERTS))
  const actions = useActionEntries(onShowKeys)
  const wanted = search.trim().toLowerCase()
  const matches = (entry: PaletteEntry) => wanted === '' || entry.label.toLowerCase().includes(wanted)
  const pages = PAGES.map(
    (page): PaletteEntry => ({
      id: `page ${page.href}`,
      label: page.label,
      icon: <page.icon />,
      keys: page.keys,
      href: link(page.href),
    }),
  )
  return [
    { title: 'Pages', entries: pages.filter(matches) },
    { title: 'Batches', entries: batchEntries(settled === '' ? [] : (batches.data?.batches ?? []), link) },
    { title: 'Alerts', entries: alertEntries(alerts.data?.alerts ?? [], link).filter(matches) },
    { title: 'Tools', entries: toolEntries(facets.data, link).filter(matches) },
    { title: 'Actions', entries: actions.filter(matches) },
  ]
}

type MakeLink = ReturnType<typeof useViewLink>

function batchEntries(batches: readonly WireBatch[], link: MakeLink): PaletteEntry[] {
  return batches.map((batch) => ({
    id: `batch ${batch.batch_id}`,
    label: batch.batch_id,
    icon: <BatchesIcon />,
    note: `${batch.agent}, ${formatNoun(batch.size, 'call', 'calls')}${
      batch.wall_ms === null ? '' : `, ${formatDuration(batch.wall_ms)}`
    }`,
    isCode: true,
    href: link(`/batches/${encodeURIComponent(batch.batch_id)}`),
  }))
}

/** The sentence of an alert is longer than a line of the palette: here it is its kind, whom it is about, and the suspect. */
function alertEntries(alerts: readonly Alert[], link: MakeLink): PaletteEntry[] {
  return alerts.map((alert) => {
    const about = [describeAgent(alert), describeKey(alert)].filter((name) => name !== null)
    const suspect = alert.suspect === null ? '' : `${describeSuspect(alert.suspect, 24)}, `
    return {
      id: `alert ${alert.id}`,
      label: middleTruncate(`${alert.kind}: ${about.join(', ')}`, 52),
      icon: <KindGlyph kind={alert.kind} />,
      note: `${suspect}${alert.status}`,
      href: link(`/alerts/${encodeURIComponent(alert.id)}`),
    }
  })
}

function toolEntries(facets: Facets | undefined, link: MakeLink): PaletteEntry[] {
  return (facets?.tools ?? []).map((tool) => ({
    id: `tool ${tool}`,
    label: tool,
    icon: <ToolsIcon />,
    isCode: true,
    href: link(`/tools/${encodeURIComponent(tool)}`),
  }))
}

function useActionEntries(onShowKeys: () => void): PaletteEntry[] {
  const { view, setLive } = useViewState()
  const { isUtc, setUtc } = useTimeZone()
  const theme = useThemeSwitch()
  const link = useViewLink()
  return [
    { id: 'theme', label: `Switch to the ${theme.next} theme`, icon: <ThemeIcon />, run: theme.toggle },
    {
      id: 'zone',
      label: isUtc ? 'Show times in your own zone' : 'Show times in UTC',
      icon: <BatchesIcon />,
      run: () => setUtc(!isUtc),
    },
    {
      id: 'live',
      label: view.live ? 'Stop following new batches' : 'Follow new batches live',
      icon: <BatchesIcon />,
      run: () => setLive(!view.live),
    },
    {
      id: 'failing',
      label: 'Show batches with an error or a timeout',
      icon: <BatchesIcon />,
      href: link('/batches', { outcome: ['error', 'timeout'] }),
    },
    {
      id: 'serialized',
      label: 'Show batches that ran one call after another',
      icon: <BatchesIcon />,
      href: link('/batches', { min_serialization: 0.8 }),
    },
    {
      id: 'resolved-alerts',
      label: 'Show alerts that are over',
      icon: <AlertsIcon />,
      href: link('/alerts', { state: 'resolved' }),
    },
    { id: 'mode', label: 'Switch parallel mode', icon: <ModeIcon />, href: link('/mode') },
    { id: 'keys', label: 'Show the keys of this page', icon: <ToolsIcon />, keys: '?', run: onShowKeys },
  ]
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { markersQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import type { Marker } from '#lib/contract/markers.ts'
import type { MarkerQuery } from '#lib/contract/query.ts'
import type { ChartMarkers } from './marker-layer.tsx'

/** What changed in a window, for a chart over it. A chart is complete without: while they are not known there are none. */
export function useChartMarkers({ from, to, range, agent, environment }: MarkerQuery): ChartMarkers {
  const { data } = useQuery(
    markersQuery({
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(range === undefined ? {} : { range }),
      ...(agent === undefined ? {} : { agent }),
      ...(environment === undefined ? {} : { environment }),
    }),
  )
  const hrefOf = useMarkerLink()
  return { markers: data?.markers ?? NONE, hrefOf }
}

const NONE: readonly Marker[] = []

/** Where a marker leads: the alert, the page of the mode, or the batches from there on. */
function useMarkerLink(): (marker: Marker) => string {
  const link = useViewLink()
  return useCallback(
    (marker) => {
      if (marker.alert_id !== null) return link(`/alerts/${encodeURIComponent(marker.alert_id)}`)
      if (marker.kind === 'mode') return link('/mode')
      return link('/batches', {
        range: null,
        from: Math.floor(marker.at),
        to: null,
        ...(marker.agent === null ? {} : { agent: marker.agent }),
        ...(marker.environment === null ? {} : { environment: marker.environment }),
        ...(marker.value === null ? {} : { [marker.kind]: marker.value }),
      })
    },
    [link],
  )
}

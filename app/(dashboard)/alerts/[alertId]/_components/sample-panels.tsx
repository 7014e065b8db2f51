'use client'

import { useRouter } from 'next/navigation'
import { ChartPanel } from '#components/charts/chart-panel.tsx'
import { DistributionChart } from '#components/charts/distribution-chart.tsx'
import { SamplesChart } from '#components/charts/samples-chart.tsx'
import { useViewLink } from '#components/query/use-view-state.ts'
import { PanelHead } from '#components/ui/panel-head.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { formatEffectValue } from '#lib/alerts/words.ts'
import { tabulateSamples } from '#lib/charts/alert-tables.ts'
import { prepareDistribution } from '#lib/charts/distribution.ts'
import { prepareSamples } from '#lib/charts/samples.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import { formatCount, formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import styles from './panels.module.css'
import { sentenceCase } from './sentence-case.ts'
import { useAlertMarkers } from './use-alert-markers.ts'

const HEIGHT = 156

interface SamplePanelProps {
  readonly alert: AlertDetail
}

/** What the measure was like before and is like now: two samples over each other. */
export function DistributionPanel({ alert }: SamplePanelProps) {
  const { zone } = useTimeZone()
  const link = useViewLink()
  const { effect, samples_before: before, samples_after: after } = alert.evidence
  if (effect === null || before.length + after.length === 0) {
    return <NoSamples title="Before and after, all of it" />
  }
  const valuesOf = (samples: typeof before) => samples.map((sample) => sample.value)
  const model = prepareDistribution(valuesOf(before), valuesOf(after), effect.unit)
  const describe = (side: string, median: number | null, n: number) =>
    `${side}, median ${formatEffectValue(effect, median)}, n ${formatCount(n)}`
  return (
    <ChartPanel
      id="distribution"
      title={middleTruncate(sentenceCase(effect.measure), 44)}
      note="outline before, hatched after; each in shares of its own"
      table={tabulateSamples(before, after, effect, zone, alert.detected_at)}
      rowHref={(row) => link(`/batches/${encodeURIComponent([...before, ...after][row]?.batch_id ?? '')}`)}
    >
      <div className={styles.chart}>
        <DistributionChart
          model={model}
          height={HEIGHT}
          labelBefore={describe('before', model.medianBefore, before.length)}
          labelAfter={describe('after', model.medianAfter, after.length)}
          label={`${effect.measure} before and after, as two distributions`}
        />
      </div>
    </ChartPanel>
  )
}

/** When each of them ran: how sudden it was, and whether it is all of them or some. */
export function SamplesPanel({ alert }: SamplePanelProps) {
  const { zone } = useTimeZone()
  const link = useViewLink()
  const router = useRouter()
  const { effect, samples_before: before, samples_after: after } = alert.evidence
  const model = effect === null ? null : prepareSamples(before, after, effect.unit)
  const markers = useAlertMarkers(alert, model?.span ?? null)
  if (effect === null || model === null) return <NoSamples title="Batch by batch" />
  return (
    <ChartPanel
      id="samples"
      title="Batch by batch"
      note={`hollow before, filled after; press one to open it${
        model.leftOut === 0 ? '' : `; ${formatNoun(model.leftOut, 'older one', 'older ones')} in the table`
      }`}
      table={null}
    >
      <div className={styles.chart}>
        <SamplesChart
          model={model}
          markers={markers}
          onsetMs={alert.onset_at}
          zone={zone}
          nowMs={alert.detected_at}
          height={HEIGHT}
          measure={effect.measure}
          format={(value) => formatEffectValue(effect, value)}
          onPick={(sample) => router.push(link(`/batches/${encodeURIComponent(sample.batchId)}`))}
        />
      </div>
    </ChartPanel>
  )
}

function NoSamples({ title }: { readonly title: string }) {
  return (
    <section>
      <PanelHead title={title} />
      <p className={styles.none}>Nothing was measured that could be compared.</p>
    </section>
  )
}

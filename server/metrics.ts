import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Executors } from '#lib/contract/mode.ts'
import { computePropagation } from '#lib/flags/propagation.ts'

/** The Prometheus metrics of this process. */
export interface ServerMetrics {
  readonly registry: Registry
  readonly batches: Counter<'result'>
  readonly spans: Counter<'result'>
  readonly ingestSeconds: Histogram
  readonly modeFlips: Counter
  readonly modeAppliedSeconds: Histogram
}

type Counts = Readonly<Record<string, number>>

/** What is read from elsewhere at the moment of a scrape. */
export interface MetricSources {
  readonly queuedBytes: () => number
  readonly queuedRequests: () => number
  /** By kind, those that are neither resolved nor muted. */
  readonly openAlerts: () => Promise<Counts>
  readonly streams: () => Counts
  readonly executors: () => Executors
  readonly derivedLag: () => number
  readonly derivedHealthy: () => boolean
  /** By detector. */
  readonly detectorFaults: () => Counts
  readonly storageHealthy: () => boolean
}

export function createServerMetrics(sources: MetricSources): ServerMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  registerGauges(registers, sources)
  return {
    registry,
    batches: new Counter({
      name: 'parascope_batches_total',
      help: 'Batches received, by what became of them',
      labelNames: ['result'],
      registers,
    }),
    spans: new Counter({
      name: 'parascope_spans_total',
      help: 'Spans received, by what became of them',
      labelNames: ['result'],
      registers,
    }),
    ingestSeconds: new Histogram({
      name: 'parascope_ingest_seconds',
      help: 'From the complete body to the answer, the commit included',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5],
      registers,
    }),
    modeFlips: new Counter({
      name: 'parascope_mode_revisions_total',
      help: 'Revisions of the mode',
      registers,
    }),
    modeAppliedSeconds: new Histogram({
      name: 'parascope_mode_applied_seconds',
      help: 'From the commit of a revision to the word of an executor, connected by then, that it obeys',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  }
}

function registerGauges(registers: Registry[], sources: MetricSources): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('parascope_ingest_queue_bytes', 'Bytes waiting for the writer', sources.queuedBytes)
  gauge('parascope_ingest_queue_requests', 'Requests waiting for the writer', sources.queuedRequests)
  gauge(
    'parascope_derived_lag_entries',
    'Entries of the log that derived state does not hold yet',
    sources.derivedLag,
  )
  gauge('parascope_derived_healthy', '0 when an error keeps derived state from following the log', () =>
    sources.derivedHealthy() ? 1 : 0,
  )
  gauge('parascope_storage_healthy', '1 while the database can be written', () =>
    sources.storageHealthy() ? 1 : 0,
  )
  const gauges = (name: string, help: string, label: string, read: () => Counts | Promise<Counts>) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      async collect() {
        for (const [value, count] of Object.entries(await read())) this.set({ [label]: value }, count)
      },
    })
  gauges('parascope_streams', 'Open event streams', 'kind', sources.streams)
  gauges(
    'parascope_executors',
    'Executors by how far they have come with the newest revision of the mode',
    'standing',
    () => countStandings(sources.executors()),
  )
  gauges('parascope_alerts_open', 'Alerts that are neither resolved nor muted', 'kind', sources.openAlerts)
  gauges(
    'parascope_detector_faults',
    'Batches that a detector could not judge because of an error of ours',
    'detector',
    sources.detectorFaults,
  )
}

function countStandings(state: Executors): Counts {
  const counts = { applied: 0, pending: 0, lost: 0 }
  for (const { standing } of computePropagation(state, Date.now()).executors) counts[standing] += 1
  return counts
}

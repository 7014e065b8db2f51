import { z } from 'zod'
import { comparisonQuery } from './mode-comparison.ts'
import type { AnswerName, BodyName } from './openapi.ts'
import {
  alertQuery,
  auditQuery,
  couplingQuery,
  deliveryQuery,
  exportQuery,
  filterQuery,
  listQuery,
  markerQuery,
  windowQuery,
} from './query.ts'

/** A path by its methods. */
export type OpenApiPath = Readonly<Record<string, Operation>>

interface Operation {
  readonly summary: string
  readonly query?: z.ZodObject
  readonly body?: BodyName
  /** By status; any other is a problem document. */
  readonly answers: Readonly<Record<string, Answer>>
}

interface Answer {
  readonly description: string
  readonly schema?: AnswerName | Readonly<Record<string, unknown>>
  readonly type?: string
}

const found = (schema: AnswerName, description: string): Operation['answers'] => ({
  200: { description, schema },
})
const read = (summary: string, schema: AnswerName, query?: z.ZodObject): OpenApiPath => ({
  get: { summary, ...(query ? { query } : {}), answers: found(schema, 'Found.') },
})
const STREAM = {
  description: 'Server-sent events.',
  schema: { type: 'string' },
  type: 'text/event-stream',
} as const
const PROGRESS = {
  type: 'object',
  required: ['rebuilding', 'flushed_seq', 'last_seq', 'fault'],
  properties: {
    rebuilding: { type: 'boolean' },
    flushed_seq: { type: 'integer' },
    last_seq: { type: 'integer' },
    fault: { type: ['string', 'null'], description: 'what stopped it; null = nothing' },
  },
} as const
const SETTLING = {
  type: 'object',
  required: ['settling'],
  properties: { settling: { const: true } },
} as const
const executorQuery = z.object({
  agent: z.string().min(1).max(256),
  environment: z.string().min(1).max(256),
  executor_id: z.string().max(128).optional(),
})

/** Every path under `/api`. */
export const PATHS: Readonly<Record<string, OpenApiPath>> = {
  '/api/v1/batches': {
    ...read('Find batches, by pages', 'BatchList', listQuery),
    post: {
      summary: 'Ingest batches; answered once they are on disk. gzip or identity.',
      body: 'IngestRequest',
      answers: found('IngestAnswer', 'The envelope could be read; what was refused is listed.'),
    },
  },
  '/api/v1/batches/histogram': read('Batches by steps of time', 'BatchHistogram', filterQuery),
  '/api/v1/batches/{batch_id}': read('One batch with all of its calls, and where it stands', 'BatchDetail'),
  '/api/v1/runs/{run_id}': read('The turns of one run', 'Run'),
  '/api/v1/tools': read('Tools with percentiles and outcomes', 'ToolList', filterQuery),
  '/api/v1/tools/{tool}': read('One tool over time and split in every way', 'ToolDetail', filterQuery),
  '/api/v1/batch-sizes': read('Wall times by number of calls', 'BatchSizes', filterQuery),
  '/api/v1/siblings': read('The slowest-sibling ledger', 'Siblings', filterQuery),
  '/api/v1/overview': read('A window and the same a week before', 'Overview', filterQuery),
  '/api/v1/facets': read('Values that the filters can take', 'Facets', windowQuery),
  '/api/v1/alerts': read('Alerts, newest detection first', 'AlertList', alertQuery),
  '/api/v1/alerts/{alert_id}': read(
    'One alert with its evidence, its history and what it mutes',
    'AlertDetail',
  ),
  '/api/v1/alerts/{alert_id}/actions': {
    post: {
      summary: 'Acknowledge, silence, resolve, reopen or annotate an alert',
      body: 'AlertAction',
      answers: found('AlertDetail', 'The alert as it stands now; the same again changes nothing.'),
    },
  },
  '/api/v1/coupling': read(
    'What is declared, marked and seen of each tool and each two',
    'Coupling',
    couplingQuery,
  ),
  '/api/v1/tools/{tool}/marks': {
    put: {
      summary: 'Answer whether a tool is atomic, idempotent, independent',
      body: 'ToolMarks',
      answers: found('ToolMarksAnswer', 'Noted.'),
    },
  },
  '/api/v1/channels': {
    ...read('Where alerts are told', 'ChannelList'),
    post: {
      summary: 'Make a channel',
      body: 'ChannelInput',
      answers: { 201: { description: 'Made. This answer alone holds the secret.', schema: 'Channel' } },
    },
  },
  '/api/v1/channels/{channel_id}': {
    put: { summary: 'Replace a channel', body: 'ChannelInput', answers: found('Channel', 'Replaced.') },
    delete: { summary: 'Remove a channel and its log', answers: { 204: { description: 'Removed.' } } },
  },
  '/api/v1/channels/{channel_id}/test': {
    post: { summary: 'Send a test now', answers: found('DeliveryList', 'The log, with how it went.') },
  },
  '/api/v1/channels/{channel_id}/deliveries': read('What a channel was told', 'DeliveryList', deliveryQuery),
  '/api/v1/markers': read('When versions, models, the mode and alerts began', 'Markers', markerQuery),
  '/api/v1/export': {
    get: {
      summary: 'Batches as they were ingested or as OTLP, one to a line, oldest first',
      query: exportQuery,
      answers: {
        200: {
          description:
            'JSON lines; with format=otlp each is an ExportTraceServiceRequest with the spans of one batch.',
          schema: 'ExportLine',
          type: 'application/x-ndjson',
        },
      },
    },
  },
  '/api/v1/mode': {
    ...read('The mode in force', 'Mode'),
    put: {
      summary: 'Replace the rules',
      body: 'ModePut',
      answers: found('Mode', 'In force, and on its way to the executors.'),
    },
  },
  '/api/v1/mode/stream': {
    get: {
      summary: 'The rules that concern an executor, now and at each change',
      query: executorQuery,
      answers: { 200: STREAM },
    },
  },
  '/api/v1/mode/applied': {
    post: {
      summary: 'An executor obeys a revision',
      body: 'ModeApplied',
      answers: { 204: { description: 'Noted.' } },
    },
  },
  '/api/v1/mode/executors': read('Executors and the revisions they obey', 'Executors'),
  '/api/v1/mode/comparison': read(
    'Parallel against serial runs while rules take a share of them',
    'ModeComparison',
    comparisonQuery,
  ),
  '/api/v1/mode/audit': read('Every change of the mode, hash-chained', 'ModeAudit', auditQuery),
  '/api/v1/mode/audit/export': {
    get: {
      summary: 'The whole trail as it was hashed, one line to a line, oldest first',
      answers: { 200: { description: 'JSON lines.', schema: 'ModeAuditLine', type: 'application/x-ndjson' } },
    },
  },
  '/api/v1/mode/trigger': {
    post: {
      summary:
        'Tighten the mode from another alerting system; signed by Standard Webhooks, and only ever tighter',
      body: 'ModeTrigger',
      answers: found('ModeTriggerAnswer', 'Taken; the same webhook-id again changes nothing.'),
    },
  },
  '/api/v1/rebuild': {
    get: {
      summary: 'How far derived state has come',
      answers: { 200: { description: 'Progress.', schema: PROGRESS } },
    },
    post: {
      summary: 'Build derived state anew from the log',
      answers: { 202: { description: 'Begun.', schema: PROGRESS } },
    },
  },
  '/api/v1/otlp/receipt': read('What became of the spans that senders exported', 'OtlpReceipt'),
  '/api/v1/otlp/settle': {
    post: {
      summary: 'Let no batch of spans wait for its quiet period any longer',
      answers: { 202: { description: 'Begun; the receipt says how many wait.', schema: SETTLING } },
    },
  },
  '/api/v1/stream': {
    get: { summary: 'News of batches, alerts, derived state, mode and executors', answers: { 200: STREAM } },
  },
  '/api/openapi.json': {
    get: {
      summary: 'This document',
      answers: { 200: { description: 'OpenAPI 3.1.', schema: { type: 'object' } } },
    },
  },
}

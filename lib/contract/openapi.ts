import { z } from 'zod'
import {
  alertActionSchema,
  alertDetailSchema,
  alertEvidenceSchema,
  alertListSchema,
  alertSchema,
} from './alerts.ts'
import { channelInputSchema, channelListSchema, channelSchema, deliveryListSchema } from './channels.ts'
import { couplingSchema, toolMarksAnswerSchema, toolMarksSchema } from './coupling.ts'
import { ingestAnswerSchema, ingestBatchSchema, ingestRequestSchema } from './ingest.ts'
import { markerSchema, markersSchema } from './markers.ts'
import {
  executorsSchema,
  modeAppliedSchema,
  modeAuditLineSchema,
  modeAuditSchema,
  modePutSchema,
  modeRuleInputSchema,
  modeRuleSchema,
  modeSchema,
  modeTriggerAnswerSchema,
  modeTriggerSchema,
} from './mode.ts'
import { comparisonSchema } from './mode-comparison.ts'
import { type OpenApiPath, PATHS } from './openapi-paths.ts'
import { otlpReceiptSchema } from './otlp.ts'
import {
  batchDetailSchema,
  batchHistogramSchema,
  batchListSchema,
  batchSchema,
  batchSizesSchema,
  callSchema,
  exportLineSchema,
  facetsSchema,
  overviewSchema,
  problemSchema,
  runSchema,
  siblingsSchema,
  toolDetailSchema,
  toolListSchema,
  toolSchema,
} from './reads.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** Schemas that have a name of their own; where one holds another, it refers to it. */
const ANSWERS = {
  Alert: alertSchema,
  AlertDetail: alertDetailSchema,
  Channel: channelSchema,
  Coupling: couplingSchema,
  ChannelList: channelListSchema,
  DeliveryList: deliveryListSchema,
  AlertEvidence: alertEvidenceSchema,
  AlertList: alertListSchema,
  Batch: batchSchema,
  BatchDetail: batchDetailSchema,
  BatchHistogram: batchHistogramSchema,
  BatchList: batchListSchema,
  BatchSizes: batchSizesSchema,
  Call: callSchema,
  Executors: executorsSchema,
  ExportLine: exportLineSchema,
  Facets: facetsSchema,
  IngestAnswer: ingestAnswerSchema,
  Marker: markerSchema,
  Markers: markersSchema,
  Mode: modeSchema,
  ModeAudit: modeAuditSchema,
  ModeAuditLine: modeAuditLineSchema,
  ModeComparison: comparisonSchema,
  OtlpReceipt: otlpReceiptSchema,
  ModeTriggerAnswer: modeTriggerAnswerSchema,
  ModeRule: modeRuleSchema,
  Overview: overviewSchema,
  Problem: problemSchema,
  Run: runSchema,
  Siblings: siblingsSchema,
  Tool: toolSchema,
  ToolDetail: toolDetailSchema,
  ToolList: toolListSchema,
  ToolMarksAnswer: toolMarksAnswerSchema,
} as const
const BODIES = {
  AlertAction: alertActionSchema,
  ChannelInput: channelInputSchema,
  IngestBatch: ingestBatchSchema,
  IngestRequest: ingestRequestSchema,
  ModeApplied: modeAppliedSchema,
  ModePut: modePutSchema,
  ModeTrigger: modeTriggerSchema,
  ModeRuleInput: modeRuleInputSchema,
  ToolMarks: toolMarksSchema,
} as const

export type AnswerName = keyof typeof ANSWERS
export type BodyName = keyof typeof BODIES

/** The OpenAPI 3.1 document of every path under `/api`, from the schemas that validate and answer. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parascope',
      version: '1',
      description:
        "What an agent's parallel tool calls really did. Times are epoch milliseconds, durations milliseconds, both with fractions; every field of an answer is present, null is unknown.",
    },
    paths: Object.fromEntries(
      Object.entries(PATHS).map(([path, methods]) => [path, describePath(path, methods)]),
    ),
    components: {
      schemas: { ...toComponents(ANSWERS, 'output'), ...toComponents(BODIES, 'input') },
      responses: {
        Problem: {
          description: 'RFC 9457: what is wrong, with the field or parameter at fault.',
          content: { 'application/problem+json': { schema: refTo('Problem') } },
        },
      },
    },
  }
}

function toComponents(
  schemas: Readonly<Record<string, z.ZodType>>,
  io: 'input' | 'output',
): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const generated = z.toJSONSchema(registry, { io, uri: (id) => `#/components/schemas/${id}` }).schemas
  return Object.fromEntries(
    Object.entries(generated).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [
      id,
      schema as JsonSchema,
    ]),
  )
}

function describePath(path: string, methods: OpenApiPath): JsonSchema {
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return Object.fromEntries(
    Object.entries(methods).map(([method, { summary, query, body, answers }]) => [
      method,
      {
        summary,
        parameters: [...inPath, ...(query ? describeQuery(query) : [])],
        ...(body
          ? { requestBody: { required: true, content: { 'application/json': { schema: refTo(body) } } } }
          : {}),
        responses: { ...describeAnswers(answers), default: { $ref: '#/components/responses/Problem' } },
      },
    ]),
  )
}

function describeAnswers(answers: OpenApiPath[string]['answers']): JsonSchema {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, type = 'application/json' }]) => [
      status,
      {
        description,
        ...(schema
          ? { content: { [type]: { schema: typeof schema === 'string' ? refTo(schema) : schema } } }
          : {}),
      },
    ]),
  )
}

/** A list is given by repeating its parameter. */
function describeQuery(query: z.ZodObject): JsonSchema[] {
  return Object.entries(query.shape).map(([name, schema]) => {
    const {
      $schema: _,
      description,
      ...value
    } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })
    const shape = Object.keys(value).length === 0 ? { type: 'string' } : value
    return {
      name,
      in: 'query',
      required: !schema.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: shape,
    }
  })
}

function refTo(name: AnswerName | BodyName): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

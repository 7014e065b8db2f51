import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { z } from 'zod'
import { type DecodedRequest, decodeRequest, type OtlpRequest } from '#ingest/otlp/pipeline.ts'

/*
 * Recorded runs on disk: a folder each with `requests.json`, the bodies that it names, and `expected.json`, at
 * any depth below the folder that is scored. The folder above a run is its framework.
 */

const MAX_BYTES = 256 << 20
const MAX_DEPTH = 4

const requestsSchema = z.array(
  z.looseObject({
    file: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    spans: z.int().nullish(),
  }),
)

const expectedCallSchema = z.looseObject({
  callId: z.string().nullish(),
  name: z.string(),
  args: z.unknown(),
  /** Null for a call that never ran. */
  observed: z.looseObject({ startUnixMs: z.number(), endUnixMs: z.number(), outcome: z.string() }).nullish(),
})

const expectedSchema = z.looseObject({
  /** Turns that the model really took: a run that breaks off has fewer than its plan. */
  modelCalls: z.array(z.looseObject({ turn: z.int(), startUnixMs: z.number(), endUnixMs: z.number() })),
  turns: z.array(
    z.looseObject({
      turn: z.int(),
      modelEmittedToolCalls: z.int().nullish(),
      peakConcurrency: z.int().nullish(),
      calls: z.array(expectedCallSchema),
    }),
  ),
  /** Calls were held back within the body of the tool, or by who dispatched them. */
  runtimeSerialised: z.boolean().nullish(),
  /** The body of the tool answered a failure as if it were a result. */
  toolErrorsCaughtInToolBody: z.boolean().nullish(),
})

export type Expected = z.infer<typeof expectedSchema>
export type ExpectedCall = z.infer<typeof expectedCallSchema>

/** One recorded run. */
export interface RecordedRun {
  readonly framework: string
  /** `framework/variant`, or however the folder is called below the one that is scored. */
  readonly name: string
  readonly requests: readonly OtlpRequest[]
  readonly expected: Expected
}

/** Every run below a folder, by name. @throws when there is none, or one cannot be read */
export function readRuns(folder: string): RecordedRun[] {
  const runs = findRunFolders(folder, 0).map((path) => readRun(folder, path))
  if (runs.length === 0) throw new Error(`no folder below ${folder} has requests.json and expected.json`)
  return runs.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The spans of a request, as the server decodes them. */
export function decode(request: OtlpRequest): DecodedRequest {
  return decodeRequest(request, MAX_BYTES)
}

function findRunFolders(folder: string, depth: number): string[] {
  if (existsSync(join(folder, 'requests.json')) && existsSync(join(folder, 'expected.json'))) return [folder]
  if (depth === MAX_DEPTH) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap(({ name }) => findRunFolders(join(folder, name), depth + 1))
}

function readRun(root: string, folder: string): RecordedRun {
  const name = relative(root, folder).split(sep).join('/') || folder
  const read = <T>(schema: z.ZodType<T>, file: string): T => {
    const parsed = schema.safeParse(JSON.parse(readFileSync(join(folder, file), 'utf8')))
    if (!parsed.success) throw new Error(`${name}/${file}: ${z.prettifyError(parsed.error)}`)
    return parsed.data
  }
  const requests = read(requestsSchema, 'requests.json')
    .filter(({ path }) => path.endsWith('/v1/traces'))
    .map(({ file, headers }) => {
      const header = (key: string) =>
        Object.entries(headers).find(([known]) => known.toLowerCase() === key)?.[1] ?? ''
      return {
        body: readFileSync(join(folder, file)),
        contentType: header('content-type'),
        contentEncoding: header('content-encoding').toLowerCase(),
      }
    })
  const [framework = name] = name.split('/')
  return { framework, name, requests, expected: read(expectedSchema, 'expected.json') }
}

import type { z } from 'zod'
import { type Problem, problemSchema } from '#lib/contract/reads.ts'

/** Why a request failed, in the words a person can act on. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; null when no answer came at all. */
  readonly status: number | null
  readonly problem: Problem | null

  constructor(message: string, status: number | null, problem: Problem | null, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.problem = problem
  }
}

interface FetchJsonOptions {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/**
 * One request to the API of this server, its answer (null where there is none) parsed by the schema of the contract. Every failure is
 * an `ApiError`: no connection, a problem document, an answer that is not what the contract says.
 */
export async function fetchJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { method = 'GET', body, signal }: FetchJsonOptions = {},
): Promise<z.output<Schema>> {
  const response = await request(path, method, body, signal)
  if (!response.ok) throw await problemOf(response)
  const parsed = schema.safeParse(response.status === 204 ? null : await response.json())
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue === undefined ? '' : `: ${issue.path.join('.')} ${issue.message}`
  throw new ApiError(
    `the answer of ${path.split('?')[0]} is not what this page expects${where}`,
    response.status,
    null,
  )
}

async function request(
  path: string,
  method: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ApiError('the server does not answer', null, null, { cause })
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const text = await response.text()
  const problem = parseProblem(text)
  if (!problem)
    return new ApiError(
      `the server answered ${response.status} ${response.statusText}`,
      response.status,
      null,
    )
  const details = problem.errors.map((error) => `${error.path} ${error.reason}`).join('; ')
  return new ApiError(details || problem.detail || problem.title, response.status, problem)
}

function parseProblem(text: string): Problem | null {
  try {
    return problemSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    // A proxy between page and server answers in HTML: the status line then says all there is.
    return null
  }
}

/** The cause of any failure as one clause for an error strip. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

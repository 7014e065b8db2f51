/** What a server answered to spans. */
export interface OtlpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** Posts bytes as they are, under whatever headers. */
export async function postSpans(
  url: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>>,
): Promise<OtlpAnswer> {
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { ...headers },
    body: Buffer.from(body),
  })
  return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) }
}

/** A google.rpc.Status as far as people read it. */
export interface RpcStatus {
  readonly code: number
  readonly message: string
}

/** The Status in an answer, in the encoding that its content type names. @throws when there is none */
export function readStatus({ headers, body }: OtlpAnswer): RpcStatus {
  if (headers.get('content-type') !== 'application/x-protobuf') return JSON.parse(body.toString())
  const [code, message] = [readFields(body).get(1), readFields(body).get(2)]
  return { code: Number(code ?? 0), message: String(message ?? '') }
}

/** What an ExportTraceServiceResponse says of spans that were refused; null for nothing. */
export function readPartialSuccess({
  headers,
  body,
}: OtlpAnswer): { rejected: number; message: string } | null {
  if (headers.get('content-type') !== 'application/x-protobuf') {
    const { partialSuccess } = JSON.parse(body.toString())
    return partialSuccess
      ? { rejected: Number(partialSuccess.rejectedSpans), message: partialSuccess.errorMessage }
      : null
  }
  const partial = readFields(body).get(1)
  if (partial === undefined) return null
  const fields = readFields(partial as Buffer)
  return { rejected: Number(fields.get(1) ?? 0), message: String(fields.get(2) ?? '') }
}

/** The last value of each field of a message: a number, or bytes. */
function readFields(bytes: Buffer): Map<number, number | Buffer> {
  const fields = new Map<number, number | Buffer>()
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number
    const [value, next] = readVarint(bytes, at + 1)
    const hasLength = (tag & 7) === 2
    at = hasLength ? next + value : next
    fields.set(tag >> 3, hasLength ? bytes.subarray(next, at) : value)
  }
  return fields
}

function readVarint(bytes: Buffer, from: number): readonly [value: number, next: number] {
  let value = 0
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number
    value += (byte & 0x7f) * 2 ** (7 * (at - from))
    if (byte < 0x80) return [value, at + 1]
  }
  throw new Error('the answer is no protobuf')
}

import { decodeJson } from './decode.ts'
import { RequestError } from './errors.ts'
import { type Validated, validateBatch } from './validate.ts'

/** As much as one request may hold by default: a batch that could not be sent is not taken from a file either. */
const MAX_LINE_BYTES = 20 << 20

/** One line of a JSONL file, which holds a batch in the public shape: judged as if it had been sent. */
export function parseBatchLine(line: Uint8Array): Validated {
  try {
    const { value, mayHoldLoneSurrogates } = decodeJson(line, { encoding: '', maxBytes: MAX_LINE_BYTES })
    return validateBatch(value, mayHoldLoneSurrogates)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return { ok: false, fault: { path: '', reason: error.message.replace(/^The body /, '') } }
  }
}

/** What stands where a secret stood. */
const REDACTED = '[redacted]'
/** Leaves are looked through no further than this; an excerpt is far shorter. */
const MAX_LEAF_CHARS = 8_192
const MAX_DEPTH = 8
const MAX_ITEMS = 200

/** Names under which nobody keeps anything to be shown. Compared without separators and case. */
const SECRET_NAME =
  /pass(word|wd|phrase|code)?$|^pwd$|secret|token|api.?key|access.?key|private.?key|^auth|authorization|cookie|session|credential|signature|bearer|^ssn$|card.?(number|no)$|^(cvv|cvc|pin|iban|otp)$/i

/** Shapes of secrets in running text, each wholly or with what leads up to it kept as `$1`. */
const SECRET_SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(-----END [A-Z ]+-----|$)/g, REDACTED],
  [/\b((?:Bearer|Basic|Token)\s+)[\w.~+/=-]{6,}/gi, `$1${REDACTED}`],
  [/(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g, `$1${REDACTED}`],
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_ ]?key|access[-_ ]?key|authorization|cookie|credential|session(?:[-_ ]?id)?|pin|cvv)["']?\s*(?:[:=]|\bis\b)\s*["']?)[^\s"',;&)}\]]+/gi,
    `$1${REDACTED}`,
  ],
  [/\beyJ[\w-]{5,}\.[\w-]+(\.[\w-]*)?/g, REDACTED],
  [
    /\b(?:sk|pk|rk|whsec|ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[abeoprs]|hf|npm|pypi|dop_v1|shpat)[-_][\w-]{8,}/g,
    REDACTED,
  ],
  [/\b(?:AKIA|ASIA|AIza|ya29\.|SG\.)[\w.-]{8,}/g, REDACTED],
  [/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, REDACTED],
  [/\b\d(?:[ -]?\d){12,18}\b/g, REDACTED],
  // Long runs without a word in them: keys and hashes of every maker. Ids of 36 characters stay.
  [/\b(?![\da-f]{8}-[\da-f]{4}-)(?=[\w+/-]*\d)(?=[\w+/-]*[a-zA-Z])[\w+/-]{32,}={0,2}/g, REDACTED],
]

/** The text without what has the shape of a secret. A bound on harm, not a proof that none is left. */
function redactText(text: string): string {
  let redacted = text.slice(0, MAX_LEAF_CHARS)
  for (const [shape, instead] of SECRET_SHAPES) redacted = redacted.replace(shape, instead)
  return redacted
}

/**
 * A value as JSON-like text of at most `maxChars`, ending in `…` where it was cut, without values under
 * secret names and without what has the shape of a secret. Null when the value cannot be looked at.
 */
export function toExcerpt(value: unknown, maxChars: number): string | null {
  const writer = new ExcerptWriter(maxChars)
  try {
    writer.write(value, 0)
  } catch {
    // A getter or a proxy of the host's threw.
    return null
  }
  const { text } = writer
  return (text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`).toWellFormed()
}

function parseJson(text: string): object | null {
  if (text.length > MAX_LEAF_CHARS || !/^\s*[[{]/.test(text)) return null
  try {
    return JSON.parse(text)
  } catch {
    // A text that only begins like it.
    return null
  }
}

class ExcerptWriter {
  text = ''
  readonly #maxChars: number
  readonly #above = new Set<object>()

  constructor(maxChars: number) {
    this.#maxChars = maxChars
  }

  write(value: unknown, depth: number): void {
    if (typeof value === 'string') this.#string(value, depth)
    else if (typeof value !== 'object' || value === null) this.text += redactText(String(value))
    else if (depth >= MAX_DEPTH || this.#above.has(value)) this.text += '…'
    else if (ArrayBuffer.isView(value)) this.text += `[${value.byteLength} bytes]`
    else {
      this.#above.add(value)
      if (Array.isArray(value)) this.#list(value, depth)
      else this.#fields(value as Record<string, unknown>, depth)
      this.#above.delete(value)
    }
  }

  /** A text that is JSON, as tools often give it, is looked through as what it says. */
  #string(text: string, depth: number): void {
    const told = depth < MAX_DEPTH ? parseJson(text) : null
    const inner = told === null ? redactText(text) : (toExcerpt(told, this.#maxChars) ?? REDACTED)
    this.text += depth === 0 ? inner : JSON.stringify(inner)
  }

  #list(items: readonly unknown[], depth: number): void {
    this.text += '['
    for (let i = 0; i < items.length && !this.#isFull(i); i++) {
      if (i > 0) this.text += ','
      this.write(items[i], depth + 1)
    }
    this.text += ']'
  }

  #fields(fields: Record<string, unknown>, depth: number): void {
    this.text += '{'
    for (const [i, name] of Object.keys(fields).entries()) {
      if (this.#isFull(i)) break
      this.text += `${i > 0 ? ',' : ''}${JSON.stringify(redactText(name))}:`
      if (SECRET_NAME.test(name.replace(/[_\s-]/g, ''))) this.text += JSON.stringify(REDACTED)
      else this.write(fields[name], depth + 1)
    }
    this.text += '}'
  }

  #isFull(items: number): boolean {
    return items >= MAX_ITEMS || this.text.length > this.#maxChars
  }
}

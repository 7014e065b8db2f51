/**
 * Strings, words, brackets of tuples, commas before a closing bracket; anything else passes as it is. A string that
 * does not end runs to the end of the text: to begin again at each quote within it would take the square of its time.
 */
const TOKEN =
  /'(?:[^'\\]|\\.|\\$)*(?:'|$)|"(?:[^"\\]|\\.|\\$)*(?:"|$)|\b(?:True|False|None)\b|[()]|,\s*(?=[)\]}])/gsu

const WORDS: Readonly<Record<string, string>> = {
  True: 'true',
  False: 'false',
  None: 'null',
  '(': '[',
  ')': ']',
}

/**
 * What Python writes for `str(dict)`, as tool inputs of LangChain are told: `{'id': 'A-1', 'urgent': True}`.
 * Undefined when it is not a literal that JSON can express.
 */
export function parsePythonLiteral(text: string): unknown {
  const json = text.replaceAll(TOKEN, (token) => {
    if (token.startsWith("'")) return quote(token.slice(1, -1))
    return token.startsWith(',') ? '' : (WORDS[token] ?? token)
  })
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function quote(inner: string): string {
  return `"${inner.replaceAll("\\'", "'").replaceAll(/(?<!\\)"/g, '\\"')}"`
}

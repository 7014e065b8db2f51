/** A JavaScript string. */
export function quoteJs(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}

/** One word of a POSIX shell. */
export function quoteShell(text: string): string {
  return /^[\w:/.@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** A JSON string inside a here-document, where the shell still expands `$`, backtick and backslash. */
export function quoteInHeredoc(text: string): string {
  return JSON.stringify(text).replace(/[\\$`]/g, '\\$&')
}

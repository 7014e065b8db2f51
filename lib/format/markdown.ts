/*
 * The part of Markdown that our own documents use: headings, paragraphs, lists, tables, fenced code, and in a line
 * code, strong, emphasis and links. Anything else is text.
 */

export type MarkdownBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly language: string; readonly code: string }
  | {
      readonly kind: 'table'
      readonly head: readonly string[]
      readonly rows: readonly (readonly string[])[]
    }

export type MarkdownSpan =
  | { readonly kind: 'text' | 'code' | 'strong' | 'emphasis'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }

const FENCE = /^```(\w*)$/
const HEADING = /^(#{1,6}) (.*)$/
const ITEM = /^(-|\d+\.) (.*)$/

export function parseMarkdown(text: string): MarkdownBlock[] {
  const lines = text.split('\n')
  const blocks: MarkdownBlock[] = []
  let at = 0
  const takeWhile = (test: (line: string) => boolean): string[] => {
    const start = at
    while (at < lines.length && test(lines[at] as string)) at += 1
    return lines.slice(start, at)
  }
  while (at < lines.length) {
    const line = lines[at] as string
    const fence = FENCE.exec(line)
    const heading = HEADING.exec(line)
    if (line.trim() === '') at += 1
    else if (fence) {
      at += 1
      const code = takeWhile((next) => next !== '```').join('\n')
      at += 1
      blocks.push({ kind: 'code', language: fence[1] ?? '', code })
    } else if (heading) {
      at += 1
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' })
    } else if (ITEM.test(line)) {
      const items = takeWhile((next) => ITEM.test(next)).map((item) => ITEM.exec(item)?.[2] ?? '')
      blocks.push({ kind: 'list', isOrdered: !line.startsWith('-'), items })
    } else if (line.startsWith('|')) {
      const [head = [], , ...rows] = takeWhile((next) => next.startsWith('|')).map(splitCells)
      blocks.push({ kind: 'table', head, rows })
    } else {
      at += 1
      const isText = (next: string) => next.trim() !== '' && !FENCE.test(next) && !/^[#|]/.test(next)
      blocks.push({ kind: 'paragraph', text: [line, ...takeWhile(isText)].join(' ') })
    }
  }
  return blocks
}

function splitCells(row: string): string[] {
  return row
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim())
}

const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)\s]+)\)/g

/** The parts of one line. Only links to the web and to places of our own are links. */
export function parseSpans(text: string): MarkdownSpan[] {
  const spans: MarkdownSpan[] = []
  let end = 0
  for (const match of text.matchAll(SPAN)) {
    if (match.index > end) spans.push({ kind: 'text', text: text.slice(end, match.index) })
    spans.push(toSpan(match))
    end = match.index + match[0].length
  }
  if (end < text.length) spans.push({ kind: 'text', text: text.slice(end) })
  return spans
}

function toSpan([whole, code, strong, emphasis, label, href]: RegExpExecArray): MarkdownSpan {
  if (code !== undefined) return { kind: 'code', text: code }
  if (strong !== undefined) return { kind: 'strong', text: strong }
  if (emphasis !== undefined) return { kind: 'emphasis', text: emphasis }
  if (label !== undefined && href !== undefined && /^(https?:\/\/|\/)/.test(href))
    return { kind: 'link', text: label, href }
  return { kind: 'text', text: label ?? whole }
}

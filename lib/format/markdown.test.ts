import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseMarkdown, parseSpans } from './markdown.ts'

const runbook = readFileSync(new URL('../../docs/mode-runbook.md', import.meta.url), 'utf8')

it('reads the blocks that documents have', () => {
  const text =
    '# Title\n\nSome\ntext.\n\n1. one\n2. two\n\n- a\n\n| x | y |\n| --- | --- |\n| 1 | `2` |\n\n```sh\nls\n\npwd\n```\n'
  expect(parseMarkdown(text)).toEqual([
    { kind: 'heading', level: 1, text: 'Title' },
    { kind: 'paragraph', text: 'Some text.' },
    { kind: 'list', isOrdered: true, items: ['one', 'two'] },
    { kind: 'list', isOrdered: false, items: ['a'] },
    { kind: 'table', head: ['x', 'y'], rows: [['1', '`2`']] },
    { kind: 'code', language: 'sh', code: 'ls\n\npwd' },
  ])
})

it('reads the parts of a line, and takes for a link only what leads somewhere known', () => {
  expect(parseSpans('a `b` **c** *d* [e](/f) [g](javascript:h)')).toEqual([
    { kind: 'text', text: 'a ' },
    { kind: 'code', text: 'b' },
    { kind: 'text', text: ' ' },
    { kind: 'strong', text: 'c' },
    { kind: 'text', text: ' ' },
    { kind: 'emphasis', text: 'd' },
    { kind: 'text', text: ' ' },
    { kind: 'link', text: 'e', href: '/f' },
    { kind: 'text', text: ' ' },
    { kind: 'text', text: 'g' },
  ])
})

it('comes to an end with any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('#', ' ', '`', '|', '-', '\n', 'a', '1', '.', '*') }),
      (text) => {
        for (const block of parseMarkdown(text)) if ('text' in block) parseSpans(block.text)
      },
    ),
  )
})

it('leaves no mark of the runbook unread', () => {
  const texts = parseMarkdown(runbook).flatMap((block) => {
    if (block.kind === 'list') return block.items
    if (block.kind === 'table') return [block.head, ...block.rows].flat()
    return block.kind === 'code' ? [] : [block.text]
  })
  const plain = texts.flatMap((text) => parseSpans(text)).filter(({ kind }) => kind === 'text')
  expect(plain.filter(({ text }) => /[`|]|\*\*|\]\(/.test(text))).toEqual([])
})

'use client'

import Link from 'next/link'
import { useViewLink } from '#components/query/use-view-state.ts'
import layout from '#components/shell/page.module.css'
import { PageHead } from '#components/shell/page-head.tsx'
import { buttonClass } from '#components/ui/button.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { type MarkdownBlock, type MarkdownSpan, parseSpans } from '#lib/format/markdown.ts'
import styles from './runbook.module.css'

/** What to do at 03:00, to be read beside the switch. */
export function Runbook({ blocks }: { readonly blocks: readonly MarkdownBlock[] }) {
  const link = useViewLink()
  const [first, ...rest] = blocks
  const title = first?.kind === 'heading' ? first.text : 'Runbook'
  return (
    <div className={layout.page}>
      <PageHead
        title={title}
        note="runbook"
        actions={
          <Link href={link('/mode')} className={buttonClass()}>
            Parallel mode
          </Link>
        }
      />
      <div className={layout.scroll}>
        <article className={styles.prose}>
          {(first?.kind === 'heading' ? rest : blocks).map((block, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a document does not change
            <Block key={index} block={block} />
          ))}
        </article>
      </div>
    </div>
  )
}

function Block({ block }: { readonly block: MarkdownBlock }) {
  switch (block.kind) {
    case 'heading':
      return <h2>{block.text}</h2>
    case 'paragraph':
      return (
        <p>
          <Line text={block.text} />
        </p>
      )
    case 'list': {
      const items = block.items.map((item) => (
        <li key={item}>
          <Line text={item} />
        </li>
      ))
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>
    }
    case 'code':
      return <CodeBlock caption={block.language === 'sh' ? 'in a shell' : block.language} code={block.code} />
    case 'table':
      return (
        <div className={styles.table}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell) => (
                  <th key={cell} scope="col">
                    <Line text={cell} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((cells) => (
                <tr key={cells[0]}>
                  {cells.map((cell) => (
                    <td key={cell}>
                      <Line text={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )
  }
}

function Line({ text }: { readonly text: string }) {
  return parseSpans(text).map((span, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line does not change
    <Span key={index} span={span} />
  ))
}

function Span({ span }: { readonly span: MarkdownSpan }) {
  switch (span.kind) {
    case 'code':
      return <code>{span.text}</code>
    case 'strong':
      return <strong>{span.text}</strong>
    case 'emphasis':
      return <em>{span.text}</em>
    case 'link':
      return <a href={span.href}>{span.text}</a>
    case 'text':
      return span.text
  }
}

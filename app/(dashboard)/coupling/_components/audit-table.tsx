import Link from 'next/link'
import { useViewLink } from '#components/query/use-view-state.ts'
import { EffectLetter } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import type { CouplingTool } from '#lib/contract/coupling.ts'
import { formatCount, formatPercent } from '#lib/format/number.ts'
import { AnswerButton } from './answer-button.tsx'
import styles from './audit-table.module.css'
import { QUESTION_WORDS } from './question-words.ts'

/** The list that the keys walk. */
export const WALK = 'coupling'

/** More roots than this do not fit beside each other. */
const SHOWN_ROOTS = 3

/** Every tool with its effect, the resources it names, and the three answers. */
export function AuditTable({ tools }: { readonly tools: readonly CouplingTool[] }) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col" className={styles.effect} title="Read, write, read-modify-write or unknown">
            R/W
          </th>
          <th scope="col">Tool</th>
          <th scope="col" className={styles.calls}>
            Calls
          </th>
          <th scope="col" className={styles.resources}>
            Resources
          </th>
          {tools[0]?.answers.map(({ question }) => (
            <th key={question} scope="col" className={styles.answer} title={QUESTION_WORDS[question].means}>
              <span className={styles.long}>{QUESTION_WORDS[question].label}</span>
              <span className={styles.short} aria-hidden="true">
                {QUESTION_WORDS[question].short}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tools.map((tool) => (
          <AuditRow key={tool.tool} tool={tool} />
        ))}
      </tbody>
    </table>
  )
}

function AuditRow({ tool }: { readonly tool: CouplingTool }) {
  const link = useViewLink()
  return (
    <tr className={styles.row} data-unclassified={tool.is_unclassified || undefined}>
      <td className={styles.effect}>
        <EffectLetter effect={tool.effect} />
      </td>
      <td className={styles.tool}>
        <Link
          href={link(`/tools/${encodeURIComponent(tool.tool)}`)}
          prefetch={false}
          className={styles.link}
          data-walk={WALK}
        >
          <MiddleTruncate text={tool.tool} maxChars={30} />
        </Link>
      </td>
      <td className={styles.calls}>{formatCount(tool.calls)}</td>
      <td className={styles.resources}>
        <Resources tool={tool} />
      </td>
      {tool.answers.map((answer) => (
        <td key={answer.question} className={styles.answer}>
          <AnswerButton tool={tool.tool} answer={answer} />
        </td>
      ))}
    </tr>
  )
}

function Resources({ tool: { resources, undeclared, calls } }: { readonly tool: CouplingTool }) {
  if (resources.length === 0) return <span className={styles.quiet}>none named</span>
  const shown = resources.slice(0, SHOWN_ROOTS).map(({ root }) => root)
  const rest = resources.length - shown.length
  const missing =
    undeclared === 0 || calls === 0 ? '' : `; ${formatPercent(undeclared / calls)} of calls name none`
  return (
    <span className={styles.roots} title={`${resources.map(({ root }) => root).join(', ')}${missing}`}>
      {shown.join(', ')}
      {rest > 0 ? <span className={styles.quiet}> and {rest} more</span> : null}
    </span>
  )
}

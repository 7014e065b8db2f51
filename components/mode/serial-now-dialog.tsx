'use client'

import { Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { ApiError, describeError, fetchJson } from '#components/query/fetch-json.ts'
import { executorsQuery, modeQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Button } from '#components/ui/button.tsx'
import { ModeGlyph } from '#components/ui/glyphs.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { type ModePut, type ModeRule, modeSchema } from '#lib/contract/mode.ts'
import { describeScope } from '#lib/flags/describe-change.ts'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { planSerialNow, type SerialNowPlan } from './mode-strip-model.ts'
import styles from './serial-now-dialog.module.css'

interface SerialNowDialogProps {
  /** Null while closed. */
  readonly environment: string | null
  readonly onClose: () => void
}

const NAME_CHARS = 40
const NAMES_SHOWN = 4

/** Says what making an environment serial touches, and does it on one more press. */
export function SerialNowDialog({ environment, onClose }: SerialNowDialogProps) {
  return (
    <Modal
      opened={environment !== null}
      onClose={onClose}
      title={`Run ${middleTruncate(environment ?? '', NAME_CHARS)} serially now?`}
      size={520}
      centered
    >
      {environment === null ? null : <Confirmation environment={environment} onClose={onClose} />}
    </Modal>
  )
}

interface ConfirmationProps {
  readonly environment: string
  readonly onClose: () => void
}

function Confirmation({ environment, onClose }: ConfirmationProps) {
  const mode = useQuery(modeQuery())
  const nowMs = useNow(10_000) ?? mode.dataUpdatedAt
  const change = useSerialNow(environment, onClose)
  if (!mode.data) return null
  const plan = planSerialNow(mode.data.rules, environment, nowMs)
  const { revision } = mode.data
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate({ revision, rules: plan.rules })
      }}
    >
      <Touches environment={environment} plan={plan} />
      {change.error === null ? null : (
        <p className={styles.error} role="alert">
          {isConflict(change.error)
            ? `The rules were changed meanwhile, to revision ${revision}. They have been read again: look at what it touches, then press again.`
            : `Not switched: ${describeError(change.error)}.`}
        </p>
      )}
      <div className={styles.actions}>
        <Button onClick={onClose}>Cancel</Button>
        <button type="submit" className={styles.serial} disabled={change.isPending} data-autofocus>
          <ModeGlyph mode="serial" label={null} />
          {change.isPending ? 'Switching' : 'Serial now'}
        </button>
      </div>
    </form>
  )
}

function useSerialNow(environment: string, onClose: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (put: ModePut) => fetchJson('/api/v1/mode', modeSchema, { method: 'PUT', body: put }),
    onSuccess: (mode) => {
      client.setQueryData(modeQuery().queryKey, mode)
      onClose()
      notifications.show({
        title: `${middleTruncate(environment, NAME_CHARS)} is serial`,
        message: `Line ${mode.revision} of the audit trail. Loosen it on the page Parallel mode.`,
      })
    },
    onError: async (error) => {
      if (isConflict(error)) await client.refetchQueries({ queryKey: modeQuery().queryKey })
    },
    onSettled: () => {
      for (const kind of ['executors', 'audit']) void client.invalidateQueries({ queryKey: [kind] })
    },
  })
}

function isConflict(error: Error): boolean {
  return error instanceof ApiError && error.status === 409
}

interface TouchesProps {
  readonly environment: string
  readonly plan: SerialNowPlan
}

function Touches({ environment, plan }: TouchesProps) {
  const link = useViewLink()
  const executors = useQuery(executorsQuery())
  const own = executors.data?.executors.filter(
    (executor) => executor.connected && executor.environment === environment,
  )
  const agents = [...new Set(own?.map((executor) => executor.agent))]
  return (
    <ul className={styles.touches}>
      <li>
        {own === undefined
          ? 'How many executors are connected is not known yet. '
          : own.length === 0
            ? 'No executor is connected now; one that connects will obey. '
            : `${formatNoun(own.length, 'executor', 'executors')} of ${names(agents)}. `}
        A batch under way ends as it began, the next one runs its calls one after another.
      </li>
      {plan.replaced.length === 0 ? null : <li>Replaced: {names(plan.replaced.map(describeRule))}.</li>}
      {plan.exceptions.length === 0 ? null : (
        <li data-warning>
          Not touched, because a rule for an agent goes before: {names(plan.exceptions.map(describeRule))}.{' '}
          <Link href={link('/mode')}>Change them on Parallel mode</Link>
        </li>
      )}
      <li>It holds until somebody loosens it, with a reason, on Parallel mode.</li>
    </ul>
  )
}

function describeRule(rule: ModeRule): string {
  const share = rule.percentage === null ? '' : ` for ${rule.percentage} % of runs`
  return `${middleTruncate(describeScope(rule), 2 * NAME_CHARS)}: ${rule.mode}${share}`
}

/** The first names and how many more there are. */
function names(all: readonly string[]): string {
  const shown = all.slice(0, NAMES_SHOWN).map((name) => middleTruncate(name, 2 * NAME_CHARS))
  const rest = all.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

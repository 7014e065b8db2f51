'use client'

import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError, fetchJson } from '#components/query/fetch-json.ts'
import { auditQuery, modeQuery } from '#components/query/queries.ts'
import { type ModeAuditEntry, type ModeRule, type ModeState, modeSchema } from '#lib/contract/mode.ts'
import { toRuleInputs } from '#lib/flags/rule-edits.ts'

/** New rules on top of the revision that a person was shown. */
export interface ModeWriteRequest {
  readonly revision: number
  readonly rules: readonly ModeRule[]
  readonly reason: string | null
}

/** What was written. */
export interface ModeWritten {
  readonly mode: ModeState
  /** Its line in the audit trail; null when that could not be read. */
  readonly entry: ModeAuditEntry | null
}

/**
 * Writes the rules. Nothing is shown as changed before the server says so. After a 409 the mode and the
 * trail have been read again by the time the error is known.
 */
export function useModeWrite(onWritten: (written: ModeWritten) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ revision, rules, reason }: ModeWriteRequest) => {
      const body = { revision, reason, rules: toRuleInputs(rules) }
      return fetchJson('/api/v1/mode', modeSchema, { method: 'PUT', body })
    },
    onSuccess: async (mode) => {
      const { queryKey } = modeQuery()
      // A read that began before the write would put the old rules back.
      await client.cancelQueries({ queryKey })
      client.setQueryData(queryKey, mode)
      void client.invalidateQueries({ queryKey: ['executors'] })
      onWritten({ mode, entry: await readEntry(client, mode.revision) })
    },
    onError: async (error) => {
      if (isConflict(error)) await refresh(client)
    },
  })
}

export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409
}

async function refresh(client: QueryClient): Promise<void> {
  await Promise.all(['mode', 'audit'].map((kind) => client.refetchQueries({ queryKey: [kind] })))
}

async function readEntry(client: QueryClient, revision: number): Promise<ModeAuditEntry | null> {
  try {
    const audit = await client.fetchQuery({ ...auditQuery(), staleTime: 0 })
    return audit.entries.find((entry) => entry.revision === revision) ?? null
  } catch {
    // The change is written; that its line cannot be read is said by the trail itself.
    return null
  }
}

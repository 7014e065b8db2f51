import { expect } from 'vitest'
import type { AlertDetail, AlertList } from '#lib/contract/alerts.ts'
import type { Executors } from '#lib/contract/mode.ts'
import type { BatchList } from '#lib/contract/reads.ts'
import { PATIENCE } from './page-tools.ts'

/*
 * The agent of the demo whose release 1.10.0 awaits in a loop, as the API tells of it.
 */

export const AGENT = 'support-refund'
export const SCOPE = `agent=${AGENT}&environment=production`

export async function read<T>(url: string, address: string): Promise<T> {
  const response = await fetch(new URL(address, url))
  expect(response.status, address).toBe(200)
  return (await response.json()) as T
}

/** The alert that names the release; null while there is none. */
export async function findAlert(url: string): Promise<AlertDetail | null> {
  const { alerts } = await read<AlertList>(url, `/api/v1/alerts?${SCOPE}&kind=serialized&state=all`)
  const found = alerts.find(({ first_bad_version: version }) => version === '1.10.0')
  return found ? read<AlertDetail>(url, `/api/v1/alerts/${found.id}`) : null
}

/** Its newest batches of more than one call. */
export async function batchesOf(url: string, version: string, mode: string): Promise<BatchList['batches']> {
  const query = `${SCOPE}&version=${version}&mode=${mode}&min_size=2&limit=500`
  return (await read<BatchList>(url, `/api/v1/batches?${query}`)).batches
}

/** Resolves once every connected executor of the agent obeys the newest revision. */
export async function awaitApplied(url: string): Promise<void> {
  await expect
    .poll(async () => {
      const { revision, executors } = await read<Executors>(url, '/api/v1/mode/executors')
      const own = executors.filter((one) => one.agent === AGENT && one.environment === 'production')
      return own.filter((one) => one.connected && (one.applied_revision ?? 0) < revision).length
    }, PATIENCE)
    .toBe(0)
}

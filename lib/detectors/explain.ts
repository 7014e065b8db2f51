import { type AlertKey, type AlertKind, alertIdentity } from '#lib/model/alert.ts'
import type { Finding } from './detector.ts'

/*
 * Of findings that rest on the same calls only one is told: the one that explains the others.
 *
 *     a tool is slow by itself        explains   that its siblings seem to queue, or to suffer beside it
 *     calls queue at a resource       explains   that one of them is slow beside another, or at times
 *     two calls race on a resource    explains   that one of them fails beside the other
 *     a model emits one call a turn   explains   that turns in a row could have been one
 *
 * Each detector has already weighed the rivals that it can see; what is left comes here. A finding that an open
 * alert explains becomes its child, which mutes it for as long as that alert holds. An alert that was there before
 * its explanation stays: it has been told.
 */

/** A finding whose alert is open. */
export interface OpenFinding {
  readonly finding: Finding
  /** Identity of the alert that mutes it. */
  readonly parent: string | null
}

/** By which kinds a kind is explained where they share a tool, the strongest first. A kind explains itself. */
const EXPLAINED_BY: Readonly<Record<AlertKind, readonly AlertKind[]>> = {
  serialized: ['serialized'],
  collapse: ['collapse'],
  convoy: ['straggler', 'convoy'],
  straggler: ['straggler', 'convoy'],
  coupling: ['conflict', 'convoy', 'straggler', 'coupling'],
  // Two races are two findings, also when they have a tool in common.
  conflict: [],
  missed: ['collapse', 'missed'],
}

/** Identity of the alert that explains a finding, of those open in its environment and in busier ones; null = none. */
export function explain(
  finding: Finding,
  open: readonly OpenFinding[],
  elsewhere: readonly OpenFinding[] = [],
): string | null {
  return findParent(finding, open) ?? findSame(finding, elsewhere)
}

function findParent(finding: Finding, open: readonly OpenFinding[]): string | null {
  const candidates = open.filter(({ parent }) => parent === null)
  for (const kind of EXPLAINED_BY[finding.kind]) {
    const parent = candidates.find(
      (other) =>
        other.finding.kind === kind && covers(other.finding, finding) && outweighs(other.finding, finding),
    )
    if (parent !== undefined) return alertIdentity(parent.finding)
  }
  return null
}

/** Kinds of which a version is the cause: with another one to blame it is another finding. */
const BLAMES_VERSION: ReadonlySet<AlertKind> = new Set(['serialized', 'collapse'])

/** The same finding in another environment: of the same agent and tools, and not known to be of another version. */
function findSame(finding: Finding, elsewhere: readonly OpenFinding[]): string | null {
  const same = elsewhere.find(
    ({ finding: other, parent }) =>
      parent === null &&
      other.kind === finding.kind &&
      !(BLAMES_VERSION.has(finding.kind) && isOther(other.firstBadVersion, finding.firstBadVersion)) &&
      covers(other, finding),
  )
  return same === undefined ? null : alertIdentity(same.finding)
}

function isOther(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other
}

/** Concerns the same agent and one of the same tools; a finding without tools concerns all of them. */
function covers(parent: Finding, child: Finding): boolean {
  const isSameAgent = parent.agent === child.agent || parent.agent === '*' || child.agent === '*'
  if (!isSameAgent) return false
  const tools = toolsOf(parent.key)
  if (tools.length === 0) return true
  const own = toolsOf(child.key)
  // Of two pairs only the same one the other way round is the same.
  if (parent.kind === 'coupling') return own.every((tool) => tools.includes(tool))
  return own.some((tool) => tools.includes(tool))
}

/** Nats by which waiting must fit better than "just slower" to outweigh a tool that seems slow by itself. */
const QUEUE_OVER_SLOW_NATS = 6

function outweighs(parent: Finding, child: Finding): boolean {
  if (parent.kind !== 'convoy' || child.kind !== 'straggler') return true
  const resource = parent.suspects.find(({ kind }) => kind === 'resource')
  return (resource?.logOdds ?? 0) >= QUEUE_OVER_SLOW_NATS
}

function toolsOf({ tool, tools = [], signature, sibling }: AlertKey): string[] {
  const named = [tool, sibling].filter((name) => name !== undefined)
  return [...named, ...tools, ...(signature?.split('+') ?? [])]
}

import type { Alert, SuspectAnswer } from '#lib/contract/alerts.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { findChange } from './find-change.ts'
import { type ToolEffects, toolToHold } from './lever.ts'
import { STEPS } from './runbook-steps.ts'
import { describeAgent, toolsOf } from './words.ts'

/*
 * What to do about an alert, for somebody who was woken by it: a verdict that names what to press, then steps
 * in the order in which they pay. Steps hold the names of this alert, so that none has to be looked up.
 */

/** Where a step leads; the page makes an address of it. */
export type RunbookTarget =
  | 'first-bad-batch'
  | 'bad-batches'
  | 'good-batches'
  | 'tool'
  | 'sibling'
  | 'mode'
  | 'batches'

export interface RunbookStep {
  readonly title: string
  readonly text: string
  readonly links: readonly { readonly label: string; readonly target: RunbookTarget }[]
}

/** The names that steps are written with. */
export interface RunbookNames {
  readonly agent: string
  /** The tool to hold or to look at, else a word for it. */
  readonly tool: string
  readonly tools: string
  readonly sibling: string
  /** What to go back to or to look at: `4.12.0`, else a clause. */
  readonly version: string
  readonly before: string
  readonly model: string
  readonly hypothesis: string | null
  readonly resource: string
  /** How much a batch loses, `1.44 s`; null when unknown. */
  readonly lost: string | null
}

const CHARS = 40

function runbookNames(alert: Alert, effects: ToolEffects): RunbookNames {
  const tools = toolsOf(alert)
  const tool = toolToHold(alert, effects)
  const suspect = (kind: SuspectAnswer['kind']) =>
    alert.evidence.suspects.find((candidate) => candidate.kind === kind)
  const short = (text: string) => middleTruncate(text, CHARS)
  const lost = alert.evidence.lost_ms_per_batch
  return {
    agent: short(describeAgent(alert)),
    tool: tool === null ? 'the tool' : short(tool),
    tools: tools.length === 0 ? 'these tools' : tools.slice(0, 3).map(short).join(', '),
    sibling: alert.key.sibling === undefined ? 'its sibling' : short(alert.key.sibling),
    version: short(alert.first_bad_version ?? suspect('version')?.value ?? 'the newest version'),
    before: short(findChange(alert.evidence.suspects)?.before ?? 'the version before'),
    model: short(alert.first_bad_model ?? suspect('model')?.value ?? 'the model'),
    hypothesis: alert.evidence.hypothesis,
    resource: short(suspect('resource')?.value ?? 'the shared resource'),
    lost: lost === null ? null : formatDuration(lost),
  }
}

/** One paragraph that says what it is and what to press first. */
export function describeVerdict(alert: Alert, effects: ToolEffects): string {
  const cause = causeSentence(alert, runbookNames(alert, effects))
  return alert.status === 'resolved'
    ? `It is over: nothing need be pressed. ${cause}`
    : `${cause} ${urgencySentence(alert)}`
}

function causeSentence(alert: Alert, names: RunbookNames): string {
  const { kind, evidence } = alert
  const change = findChange(evidence.suspects)
  const known = change === null ? null : changeSentence(change)
  // What must not run together is kept apart first, whatever brought it.
  if (kind === 'conflict') {
    return `Two calls touch one resource at one time and one of them writes: run ${names.tool} alone.${known === null ? '' : ` ${known}`}`
  }
  if (kind === 'coupling') {
    return `${names.tool} suffers while ${names.sibling} runs: keep the two apart.${known === null ? '' : ` ${known}`}`
  }
  if (known !== null) return known
  if (kind === 'missed') return `${names.tools}: one turn would do where there are several.`
  if (kind === 'convoy')
    return `${names.tools} wait for one another: give them more room, or send fewer at once.`
  if (kind === 'straggler') {
    return `${names.tool} itself has become slow, and nothing of ours changed with it: call whoever runs it.`
  }
  return 'No deploy, model or mode of ours changed when it began: go through the steps from the top.'
}

/** Null for a suspect that is no change of ours. */
function changeSentence(suspect: SuspectAnswer): string | null {
  const value = middleTruncate(suspect.value, CHARS)
  const back = suspect.before === null ? 'what ran before' : middleTruncate(suspect.before, CHARS)
  switch (suspect.kind) {
    case 'version':
      return `It came with the deploy of ${value}: stop its rollout, or go back to ${back}.`
    case 'model':
      return `It came with the model ${value}, not with a deploy: pin ${back} again, or change what is asked of ${value}.`
    case 'mode':
      return `It came with a change of the mode, ${value}: if nobody meant it, take it back on the page of the mode.`
    case 'request':
      return `It came with what is asked of the model, ${value}: ask for parallel calls again.`
    default:
      return null
  }
}

/** Whether anybody must be awake for it. */
function urgencySentence({ kind, evidence }: Alert): string {
  const cost = evidence.lost_ms_per_batch
  const slower = cost === null ? 'Turns are slower' : `Turns take ${formatDuration(cost)} longer`
  switch (kind) {
    case 'conflict':
      return 'Data may be wrong: act on this one now.'
    case 'coupling':
      return 'Calls fail that need not: act now if customers see them.'
    case 'missed':
      return 'Nothing is broken; it can wait for the morning.'
    default:
      return `${slower}; nothing fails because of it.`
  }
}

/** The steps of the kind, with the names of this alert in them. */
export function prepareRunbook(alert: Alert, effects: ToolEffects): readonly RunbookStep[] {
  return STEPS[alert.kind](runbookNames(alert, effects), alert)
}

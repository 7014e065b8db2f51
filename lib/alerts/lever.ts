import type { Alert } from '#lib/contract/alerts.ts'
import type { Effect } from '#lib/model/vocabulary.ts'
import { toolsOf } from './words.ts'

/** What the switch for parallel mode does about an alert. */
export interface Lever {
  /** `stops` the harm, is a `stop-gap` that trades one cost for another, or is of `no-use`. */
  readonly use: 'stops' | 'stop-gap' | 'no-use'
  /** The tool whose rule is enough; null when only the agent's mode would do. */
  readonly tool: string | null
  /** Why, in a sentence or two. */
  readonly why: string
}

/** What is known of the effects of tools: from the batches that an alert shows. */
export type ToolEffects = ReadonlyMap<string, Effect>

/** The tool of the key to hold: of racing calls the one that writes, else the first that the key names. */
export function toolToHold(alert: Pick<Alert, 'key' | 'kind'>, effects: ToolEffects): string | null {
  const tools = toolsOf(alert)
  const writer = tools.find((tool) => (effects.get(tool) ?? 'read') !== 'read')
  return (alert.kind === 'conflict' ? writer : undefined) ?? tools[0] ?? null
}

/** Whether making something serial helps, and how little of it is enough. */
export function chooseLever(alert: Alert, effects: ToolEffects): Lever {
  const tool = toolToHold(alert, effects)
  const name = tool ?? 'the tool'
  switch (alert.kind) {
    case 'serialized':
      return {
        use: 'no-use',
        tool: null,
        why: 'The switch cannot bring overlap back: the mode lets these calls overlap and the program does not. Serial would hold the rest up as well.',
      }
    case 'collapse':
      return {
        use: 'no-use',
        tool: null,
        why: 'The switch acts on calls of one turn. Where the model emits one at a time there is nothing to run side by side.',
      }
    case 'missed':
      return {
        use: 'no-use',
        tool: null,
        why: 'The switch acts on calls of one turn; these come in turns of their own.',
      }
    case 'straggler':
      return {
        use: 'no-use',
        tool: null,
        why: `Serial would add the time of every sibling to that of ${name}. A deadline or a fallback for ${name} helps; the switch does not.`,
      }
    case 'convoy':
      return {
        use: 'stop-gap',
        tool,
        why: `The calls queue already, so running ${name} alone costs little and ends the timeouts of those that wait. It does not make the turns faster: a larger pool does.`,
      }
    case 'coupling':
      return {
        use: 'stops',
        tool,
        why: `${name} does well alone: a rule that lets no sibling overlap it ends the failures at the price of its own duration in each batch.`,
      }
    case 'conflict':
      return {
        use: 'stops',
        tool,
        why: `Calls that do not overlap cannot race: run ${name} alone now, repair and look for the cause after.`,
      }
  }
}

import type { Alert } from '#lib/contract/alerts.ts'
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

/** Whether making something serial helps, and how little of it is enough. */
export function chooseLever(alert: Alert): Lever {
  const [tool = null] = toolsOf(alert)
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

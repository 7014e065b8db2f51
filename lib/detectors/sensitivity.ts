import type { Sensitivity } from './detector.ts'

/** Expected false alarms per agent and month unless configured otherwise: one in about 16 years of one agent. */
export const DEFAULT_FALSE_ALARMS = 0.005

/** What can be asked for. Looser, and thresholds would lie where chance alone gets; stricter, and nothing could be proved. */
export const FALSE_ALARMS_RANGE = { min: 0.000_001, max: 1 } as const

/**
 * What the one setting means for every threshold. A statistic whose likelihood ratio has an expectation of at
 * most 1 while nothing changes crosses h nats with a probability of at most exp(-h) (Ville; for sums restarted
 * at 0, once in exp(h) observations at the most: Lorden 1971). All detectors' own thresholds share out the
 * default among the statistics that an agent has in a month, so r times as many accepted false alarms lower
 * each of them by ln r, whatever it watches.
 *
 * What it costs is delay: a nat more takes 1 / KL observations longer, a quarter of a run where everything
 * went serial, 25 calls for a weak coupling.
 */
export function toSensitivity(falseAlarmsPerAgentAndMonth: number): Sensitivity {
  return { extraNats: Math.log(DEFAULT_FALSE_ALARMS / falseAlarmsPerAgentAndMonth) }
}

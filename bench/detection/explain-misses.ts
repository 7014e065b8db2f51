import type { scoreOne } from '../../fixtures/detection/score.mjs'
import type { Trial } from './trials.ts'

/** A line for each event that was not found, and for each alert that was wrong. */
export function explainMisses(trial: Trial, { rows, fa, mis }: ReturnType<typeof scoreOne>): string[] {
  const lines: string[] = []
  const say = (what: string, detail: unknown) =>
    lines.push(`${trial.seed} ${trial.scenario} ${what} ${JSON.stringify(detail)}`)
  for (const row of rows) if (!row.detected) say(row.detectable ? 'MISSED' : 'undetectable', row)
  for (const alert of fa) say('FALSE', alert)
  for (const alert of mis) say('MISLABELLED', alert)
  return lines
}

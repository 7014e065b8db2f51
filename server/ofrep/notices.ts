import type { ModeState } from '#lib/contract/mode.ts'
import type { OfrepNotice } from '#lib/contract/ofrep.ts'
import type { StreamHub } from '../http/event-stream.ts'

/** What stands for the rules in force, whoever asks. */
export function configEtag(mode: ModeState): string {
  return `"r${mode.revision}"`
}

/** Tells those who evaluate flags to ask again, and people who watch. OFREP prescribes the type of its envelope. */
export function noticeChange(mode: ModeState, flags: StreamHub, people: StreamHub): void {
  flags.broadcast('message', toNotice(mode), String(mode.revision))
  people.broadcast('mode', { revision: mode.revision })
}

export function toNotice(mode: ModeState): OfrepNotice {
  return { type: 'refetchEvaluation', etag: configEtag(mode) }
}

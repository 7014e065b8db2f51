import type { ToolQuestion } from '#lib/contract/coupling.ts'

interface QuestionWords {
  readonly label: string
  /** Where there is little room. */
  readonly short: string
  readonly means: string
  readonly asks: string
}

/** The three questions of the audit. */
export const QUESTION_WORDS: Readonly<Record<ToolQuestion, QuestionWords>> = {
  atomic: {
    label: 'Atomic',
    short: 'Atomic',
    means: 'It happens wholly or not at all, also when it is cancelled or times out.',
    asks: 'Does it happen wholly or not at all?',
  },
  idempotent: {
    label: 'Idempotent',
    short: 'Idemp.',
    means: 'Done twice is as done once, so that it may be tried again.',
    asks: 'Is done twice as done once?',
  },
  independent: {
    label: 'Independent',
    short: 'Indep.',
    means: 'It may run beside any other call without either noticing.',
    asks: 'May it run beside any other call?',
  },
}

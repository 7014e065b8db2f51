import type { Evidence, Source } from '#lib/model/vocabulary.ts'

/** How the calls of a batch were put together: in a word or two, and what that means for whoever reads it. */
export interface EvidenceWords {
  readonly short: string
  readonly meaning: string
  /** Some of it is inferred: to be marked as such wherever the batch is shown alone. */
  readonly isInferred: boolean
}

export const EVIDENCE_WORDS: Readonly<Record<Evidence, EvidenceWords>> = {
  declared: {
    short: 'declared',
    meaning: 'Its sender handed these calls over as one batch.',
    isInferred: false,
  },
  'call-id': {
    short: 'by call ids',
    meaning: 'The model call and every tool span name the same call ids.',
    isInferred: false,
  },
  arguments: {
    short: 'by name and arguments',
    meaning:
      'Ids were missing: some calls were found by the name and the arguments that the model asked for.',
    isInferred: true,
  },
  time: {
    short: 'by time',
    meaning: 'Some calls belong here only because they ran between this model call and the next one.',
    isInferred: true,
  },
  overlap: {
    short: 'by overlap',
    meaning:
      'No model call was seen: these calls ran at one time. That they were asked for together is not known.',
    isInferred: true,
  },
}

export const SOURCE_WORDS: Readonly<Record<Source, string>> = {
  sdk: 'reported by its sender',
  otlp: 'OpenTelemetry spans',
  import: 'an imported file',
}

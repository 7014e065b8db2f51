import type { Evidence, Source } from '#lib/model/vocabulary.ts'

/** How the calls of a batch were put together: in a word or two, and what that means for whoever reads it. */
export interface EvidenceWords {
  readonly short: string
  readonly meaning: string
  /** Some of it is inferred: to be marked as such wherever the batch is shown alone. */
  readonly isInferred: boolean
}

/** What the evidence of this batch means; of tools that nobody saw nothing is said. */
export function explainEvidence({
  evidence,
  wall_ms,
}: {
  readonly evidence: Evidence
  readonly wall_ms: number | null
}): string {
  if (wall_ms === null && (evidence === 'call-id' || evidence === 'arguments'))
    return 'One model call asked for these calls together. No span of a tool was seen, so nobody knows when they ran.'
  return EVIDENCE_WORDS[evidence].meaning
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

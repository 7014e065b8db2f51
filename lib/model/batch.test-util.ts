import type { Call, StoredBatch } from './batch.ts'

/** A call with everything at its plainest, a read of one millisecond; a test says what matters to it. */
export function makeCall(given: Partial<Call>): Call {
  return {
    callId: 'a',
    attempt: 1,
    seq: 0,
    tool: 'tool',
    startUs: 0,
    durationUs: 1000,
    outcome: 'ok',
    errorCode: null,
    effect: 'read',
    resources: [],
    dependsOn: [],
    group: null,
    mode: null,
    argsBytes: null,
    resultBytes: null,
    argsFp: [],
    resultFp: [],
    heldUs: null,
    marks: [],
    captured: null,
    ...given,
  }
}

/** A batch as the log holds it, declared by an SDK, with nothing said that a test does not say. */
export function makeStoredBatch(given: Partial<StoredBatch>): StoredBatch {
  return {
    batchId: 'batch',
    runId: null,
    turn: null,
    agent: 'agent',
    environment: 'production',
    version: null,
    tenant: null,
    provider: null,
    model: null,
    mode: null,
    modeRevision: null,
    parallelRequested: null,
    concurrency: null,
    toolCaps: null,
    startedAtUs: 0,
    modelUs: null,
    inputTokens: null,
    outputTokens: null,
    emittedCalls: null,
    sdkName: null,
    sdkVersion: null,
    calls: [],
    source: 'sdk',
    evidence: 'declared',
    provisional: false,
    revision: 1,
    receivedAtUs: 0,
    flags: [],
    ...given,
  }
}

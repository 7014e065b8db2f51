import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { formatPercent } from '#lib/format/number.ts'
import { describeOverlap } from './plain.ts'
import { type CheckReport, listFailing } from './report.ts'

const RULE = {
  id: 'lost-overlap',
  name: 'LostOverlap',
  shortDescription: { text: 'Parallel tool calls ran one after another.' },
  fullDescription: {
    text: 'Calls that a model emitted together and that were allowed to overlap took longer than their durations and the declared mode, caps and dependencies explain.',
  },
  help: {
    text: 'Look for an await inside a loop over the calls, a lock or a pool that they share, and a cap or a mode that was not meant. If the calls must not overlap, declare it: mode serial, a lower concurrency, or depends_on.',
  },
  defaultConfiguration: { level: 'error' },
} as const

/** SARIF 2.1.0 (OASIS): a result for each signature that overlapped too little, placed at its worst batch. */
export function formatSarif(report: CheckReport): string {
  const { file, minOverlap, faults } = report
  const uri = toUri(file)
  const results = listFailing(report).map((overlap) => ({
    ruleId: RULE.id,
    ruleIndex: 0,
    level: 'error',
    message: {
      text: `${overlap.agent}: ${describeOverlap(overlap, file)}. At least ${formatPercent(minOverlap)} is wanted.`,
    },
    locations: [
      { physicalLocation: { artifactLocation: { uri }, region: { startLine: overlap.worst.line } } },
    ],
    // The same signature of the same agent is the same finding in the next run, on whichever line.
    partialFingerprints: { 'agentSignature/v1': JSON.stringify([overlap.agent, overlap.signature]) },
    properties: {
      agent: overlap.agent,
      signature: overlap.signature,
      overlapEfficiency: overlap.efficiency,
      batches: overlap.batches,
      lostMs: overlap.lostUs / 1000,
      worstBatchId: overlap.worst.batchId,
    },
  }))
  const invocation = {
    executionSuccessful: faults.length === 0,
    toolExecutionNotifications: faults.map((text) => ({ level: 'error', message: { text } })),
  }
  const driver = { name: 'parascope', rules: [RULE] }
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, invocations: [invocation], results }],
  }
  return JSON.stringify(log, null, 2)
}

/** Relative to where the command runs, as viewers of SARIF resolve it; a file elsewhere by its full address. */
function toUri(file: string): string {
  const relative = path.relative(process.cwd(), file)
  if (relative.startsWith('..') || path.isAbsolute(relative)) return pathToFileURL(file).href
  return relative.split(path.sep).map(encodeURIComponent).join('/')
}

import type { ExportLine } from '#lib/contract/reads.ts'
import { toOtlpRequest } from './write-batch.ts'

/** What the lines of an export can be. */
export type ExportFormat = 'jsonl' | 'otlp'

/** A line of the export, as the store gives it, in the format that was asked for. */
export function formatExportLine(line: string, format: ExportFormat): string {
  // The store wrote the line itself, by the contract.
  return format === 'jsonl' ? line : JSON.stringify(toOtlpRequest(JSON.parse(line) as ExportLine))
}

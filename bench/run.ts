import { benchFlip } from './flip.ts'
import { benchGantt } from './gantt.ts'
import { benchIngestBulk } from './ingest-bulk.ts'
import { benchIngestOtlp } from './ingest-otlp.ts'
import { benchIngestSingle } from './ingest-single.ts'
import { formatTable, type Row } from './lib/report.ts'
import { benchOtlpNormalise } from './otlp-normalise.ts'
import { benchReads } from './reads.ts'
import { benchSdkCost } from './sdk-cost.ts'
import { benchSketch } from './sketch.ts'
import { benchSpanMemory } from './span-memory.ts'

/** Every bench by the name under which `npm run bench -- <name>` runs it alone. */
const BENCHES: Readonly<Record<string, () => Promise<Row[]>>> = {
  'ingest-bulk': benchIngestBulk,
  'ingest-single': benchIngestSingle,
  'otlp-normalise': benchOtlpNormalise,
  'ingest-otlp': benchIngestOtlp,
  'span-memory': benchSpanMemory,
  reads: benchReads,
  sketch: benchSketch,
  'sdk-cost': benchSdkCost,
  flip: benchFlip,
  gantt: benchGantt,
}

const wanted = process.argv.slice(2)
const names = wanted.length > 0 ? wanted : Object.keys(BENCHES)
const rows: Row[] = []
for (const name of names) {
  const bench = BENCHES[name]
  if (!bench) throw new Error(`no bench ${name}: there are ${Object.keys(BENCHES).join(', ')}`)
  console.error(`running ${name} …`)
  rows.push(...(await bench()))
}
console.log(formatTable(rows))

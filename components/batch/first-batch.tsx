'use client'

import { useSyncExternalStore } from 'react'
import { CodeBlock } from '#components/ui/code-block.tsx'

const neverChanges = () => () => {}
const ownOrigin = () => location.origin
const serverOrigin = () => 'http://localhost:3000'

/** A command that records one batch of three calls here and now. */
function commandFor(origin: string): string {
  const calls = [
    '{"call_id":"c1","tool":"get_order","outcome":"ok","start_ms":0.4,"duration_ms":118}',
    '{"call_id":"c2","tool":"get_payment","outcome":"ok","start_ms":0.6,"duration_ms":586}',
    '{"call_id":"c3","tool":"get_shipment_status","outcome":"ok","start_ms":0.7,"duration_ms":934}',
  ]
  return [
    `curl -s ${origin}/api/v1/batches -H 'content-type: application/json' -d @- <<END`,
    `{"batches":[{"batch_id":"hello-$(date +%s)","agent":"hello","started_at":$(date +%s)000,"calls":[`,
    `  ${calls.join(',\n  ')}`,
    ']}]}',
    'END',
  ].join('\n')
}

/** The command, ready to be pasted into a shell: it names this server. */
export function FirstBatch() {
  const origin = useSyncExternalStore(neverChanges, ownOrigin, serverOrigin)
  return <CodeBlock caption="sends one batch of three calls, from a shell" code={commandFor(origin)} />
}

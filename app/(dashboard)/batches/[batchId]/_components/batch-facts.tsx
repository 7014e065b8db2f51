import { Button } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { SlowestGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { EVIDENCE_WORDS, explainEvidence, SOURCE_WORDS } from '#lib/format/evidence.ts'
import { formatCount, formatNoun } from '#lib/format/number.ts'
import { explainNoTimes } from '#lib/format/without-times.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import styles from './facts.module.css'
import { Fact, FactGroup, FactList, FactsHead, Unknown } from './facts.tsx'

interface BatchFactsProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
  readonly onSelect: (key: string | null) => void
}

const CHARS = 24

/** The batch itself, while no call is selected. */
export function BatchFacts({ batch, prepared, onSelect }: BatchFactsProps) {
  const slowest = prepared.timeline.rows.find((row) => row.slowest)
  return (
    <>
      <FactsHead name={batch.agent} chips={null}>
        {summarise(batch, prepared)}
      </FactsHead>
      {slowest ? (
        <FactGroup title="Slowest sibling">
          <Button onClick={() => onSelect(slowest.key)}>
            <SlowestGlyph label={null} />
            <MiddleTruncate text={slowest.tool} maxChars={CHARS} />
          </Button>
        </FactGroup>
      ) : null}
      <FactGroup title="Where it belongs">
        <FactList>
          <TextFact label="Environment" text={batch.environment} />
          <TextFact label="Run" text={batch.run_id} copy />
          <Fact label="Turn">{batch.turn ?? <Unknown />}</Fact>
          <TextFact label="Version" text={batch.version} />
          <TextFact label="Tenant" text={batch.tenant} absent="none" />
        </FactList>
      </FactGroup>
      <FactGroup title="Model">
        <FactList>
          <TextFact label="Model" text={batch.model} />
          <TextFact label="Provider" text={batch.provider} />
          <Fact label="Tokens in, out">{tokens(batch)}</Fact>
          <Fact label="Model asked for">
            {batch.parallel_requested === null ? (
              <Unknown />
            ) : batch.parallel_requested ? (
              'parallel calls'
            ) : (
              'one by one'
            )}
          </Fact>
        </FactList>
      </FactGroup>
      <Together batch={batch} prepared={prepared} />
      <FactGroup title="How it was recorded">
        <FactList>
          <Fact label="Source">{SOURCE_WORDS[batch.source]}</Fact>
          <Fact label="SDK">{batch.sdk === null ? <Unknown /> : <Sdk sdk={batch.sdk} />}</Fact>
          <Fact label="Received">
            <Timestamp epochMs={batch.received_at} full />
          </Fact>
          {batch.revision > 1 ? <Fact label="Revision">{batch.revision}</Fact> : null}
        </FactList>
      </FactGroup>
    </>
  )
}

/** What was asked for at once and what ran at once are two things, and are known in two ways. */
function Together({ batch, prepared }: { readonly batch: BatchDetail; readonly prepared: PreparedBatch }) {
  const { evidence, emitted_calls, wall_ms } = batch
  const { short } = EVIDENCE_WORDS[evidence]
  return (
    <FactGroup title="Together" note={short}>
      <p className={styles.meaning}>{explainEvidence(batch)}</p>
      <FactList>
        <Fact label="Asked for together">
          {evidence === 'overlap' ? (
            <Unknown>no model call seen</Unknown>
          ) : emitted_calls === null ? (
            <Unknown>not told</Unknown>
          ) : (
            formatNoun(emitted_calls, 'call', 'calls')
          )}
        </Fact>
        <Fact label="Ran at once">
          {wall_ms === null ? (
            <Unknown>{explainNoTimes(batch)}</Unknown>
          ) : (
            `at most ${formatCount(prepared.timeline.inFlight.peak)}`
          )}
        </Fact>
      </FactList>
    </FactGroup>
  )
}

function summarise(batch: BatchDetail, { timeline, ran }: PreparedBatch): string {
  const { wall_ms, sum_ms, size, outcomes } = batch
  if (wall_ms === null || sum_ms === null) {
    if (outcomes['never-ran'] === size) return 'No call of this batch ran.'
    return `${formatNoun(size, 'call', 'calls')} asked for; no span tells when they ran.`
  }
  if (ran === 1) return `One call, ${formatDuration(wall_ms)}.`
  const { alone } = timeline
  const held = alone
    ? ` The last ${formatDuration((alone.toUs - alone.fromUs) / 1000)} were one call alone.`
    : ''
  return `${formatDuration(sum_ms)} of calls in ${formatDuration(wall_ms)}.${held}`
}

interface TextFactProps {
  readonly label: string
  readonly text: string | null
  readonly absent?: string
  readonly copy?: boolean
}

function TextFact({ label, text, absent = 'unknown', copy = false }: TextFactProps) {
  return (
    <Fact label={label}>
      {text === null ? <Unknown>{absent}</Unknown> : <MiddleTruncate text={text} maxChars={CHARS} />}
      {copy && text !== null ? <CopyButton text={text} label={`Copy: ${label.toLowerCase()}`} /> : null}
    </Fact>
  )
}

function Sdk({ sdk }: { readonly sdk: NonNullable<BatchDetail['sdk']> }) {
  const text = [sdk.name, sdk.version].filter((part) => part !== null).join(' ')
  return text === '' ? <Unknown /> : <MiddleTruncate text={text} maxChars={CHARS} />
}

function tokens({ input_tokens, output_tokens }: BatchDetail) {
  if (input_tokens === null && output_tokens === null) return <Unknown />
  const say = (count: number | null) => (count === null ? 'unknown' : formatCount(count))
  return `${say(input_tokens)}, ${say(output_tokens)}`
}

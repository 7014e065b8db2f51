import { Button } from '#components/ui/button.tsx'
import { Duration } from '#components/ui/duration.tsx'
import { OUTCOME_WORDS, OutcomeGlyph } from '#components/ui/glyphs.tsx'
import { formatOffset } from '#lib/format/duration.ts'
import { formatCount } from '#lib/format/number.ts'
import type { FoldRow } from '#lib/timeline/model.ts'
import { durationUs } from '#lib/timeline/order-rows.ts'
import { Fact, FactChip, FactGroup, FactList, FactsHead, Offset } from './facts.tsx'

interface FoldFactsProps {
  readonly fold: FoldRow
  readonly onSelect: (key: string | null) => void
}

/** Alike calls that stand in one row. */
export function FoldFacts({ fold, onSelect }: FoldFactsProps) {
  const longest = fold.members.reduce((a, b) => ((durationUs(b) ?? -1) > (durationUs(a) ?? -1) ? b : a))
  const longestUs = durationUs(longest)
  return (
    <>
      <FactsHead
        name={fold.tool}
        onClose={() => onSelect(null)}
        chips={
          <>
            <FactChip>× {formatCount(fold.members.length)}</FactChip>
            <FactChip>
              <OutcomeGlyph outcome={fold.outcome} label={null} /> {OUTCOME_WORDS[fold.outcome]}
            </FactChip>
            <FactChip>{fold.effect === 'unknown' ? 'effect unknown' : fold.effect}</FactChip>
          </>
        }
      >
        {formatCount(fold.members.length)} calls of one tool that ended alike.
      </FactsHead>
      {fold.startUs === null || fold.endUs === null ? null : (
        <FactGroup title="Times">
          <FactList>
            <Fact label="First start">
              <Offset text={formatOffset(fold.startUs / 1000)} />
            </Fact>
            <Fact label="Half had ended">
              <Offset text={formatOffset((fold.medianEndUs ?? 0) / 1000)} />
            </Fact>
            <Fact label="Last end">
              <Offset text={formatOffset(fold.endUs / 1000)} />
            </Fact>
            <Fact label="Median duration">
              <Duration ms={fold.medianDurationUs === null ? null : fold.medianDurationUs / 1000} />
            </Fact>
            <Fact label="At most in flight">{formatCount(fold.inFlight.peak)}</Fact>
          </FactList>
          {longestUs === null ? null : (
            <Button onClick={() => onSelect(longest.key)}>
              Longest of them
              <Duration ms={longestUs / 1000} />
            </Button>
          )}
        </FactGroup>
      )}
    </>
  )
}

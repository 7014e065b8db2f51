import { AlertGlyph, ModeGlyph } from '#components/ui/glyphs.tsx'
import { ModeIcon } from '#components/ui/icons.tsx'
import type { Marker } from '#lib/contract/markers.ts'
import { MODES } from '#lib/model/vocabulary.ts'

/** What a flag on a time axis stands for: a pennant, filled for a version and hollow for a model; a mode; an alert. */
export function MarkerGlyph({ marker }: { readonly marker: Pick<Marker, 'kind' | 'label'> }) {
  if (marker.kind === 'alert') return <AlertGlyph label={null} />
  if (marker.kind === 'mode') {
    const mode = MODES.find((known) => marker.label.endsWith(` ${known}`))
    return mode === undefined ? <ModeIcon /> : <ModeGlyph mode={mode} label={null} size={10} />
  }
  const isVersion = marker.kind === 'version'
  return (
    <svg width="9" height="12" viewBox="0 0 9 12" aria-hidden="true">
      <path
        d="M.6.6h7.8v6.8L4.5 10 .6 7.4z"
        fill={isVersion ? 'var(--ink-1)' : 'var(--bg-0)'}
        stroke="var(--ink-1)"
        strokeWidth="1.1"
      />
    </svg>
  )
}

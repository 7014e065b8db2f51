import { Quantity } from '#components/ui/duration.tsx'
import styles from './overlap-bar.module.css'

/**
 * Overlap efficiency as a small bar and whole per cent; the serialization it comes from stands in the
 * tooltip. Null says so in words.
 */
export function OverlapBar({ serialization }: { readonly serialization: number | null }) {
  if (serialization === null) return <span className={styles.none}>not defined</span>
  const efficiency = 1 - serialization
  return (
    <span className={styles.overlap} title={`serialization ${serialization.toFixed(3)}`}>
      <span className={styles.bar} aria-hidden="true">
        <span style={{ width: `${efficiency * 100}%` }} />
      </span>
      <Quantity parts={[{ value: String(Math.round(efficiency * 100)), unit: '%' }]} />
    </span>
  )
}

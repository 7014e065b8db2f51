import styles from './forest.module.css'
import type { ForestRow } from './forest-model.ts'

const percent = (place: number) => `${(place * 100).toFixed(2)}%`

/** A row a metric: a filled square where the interval excludes no difference, a hollow one where not. */
export function Forest({ rows }: { readonly rows: readonly ForestRow[] }) {
  return (
    <table className={styles.forest}>
      <thead>
        <tr>
          <th scope="col">
            <span className={styles.hidden}>Metric</span>
          </th>
          <th scope="col" className={styles.axis}>
            <span>parallel lower</span>
            <span>higher</span>
          </th>
          <th scope="col" data-number>
            difference
          </th>
          <th scope="col" data-number>
            95 % interval
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">
              {row.label}
              <span className={styles.values}>{row.values}</span>
            </th>
            <td className={styles.plot} aria-hidden="true">
              <span className={styles.zero} />
              <Mark row={row} />
            </td>
            <td data-number data-known={row.mark !== null || undefined}>
              {row.difference}
              <span className={styles.narrow} aria-hidden="true">
                {row.interval}
              </span>
            </td>
            <td data-number data-quiet>
              {row.interval}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Mark({ row: { mark, isShown } }: { readonly row: ForestRow }) {
  if (mark === null) return null
  return (
    <>
      <span
        className={styles.line}
        style={{ left: percent(mark.low), width: percent(mark.high - mark.low) }}
      />
      <span className={styles.mark} data-shown={isShown || undefined} style={{ left: percent(mark.at) }} />
    </>
  )
}

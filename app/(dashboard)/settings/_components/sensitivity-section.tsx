import styles from './settings-page.module.css'

const MONTHS_A_YEAR = 12

/** The one setting of detection, and what it means. */
export function SensitivitySection({ falseAlarms }: { readonly falseAlarms: number }) {
  const years = 1 / (falseAlarms * MONTHS_A_YEAR)
  return (
    <section className={styles.section} aria-labelledby="sensitivity-head">
      <div className={styles.head}>
        <h2 id="sensitivity-head" className={styles.title}>
          Detection
        </h2>
        <span className={styles.note}>one setting: how many false alarms you accept</span>
      </div>
      <div className={styles.prose}>
        <p>
          At most about <strong>{falseAlarms} false alarms per agent and month</strong>:{' '}
          {years >= 1
            ? `one in ${formatYears(years)} years of an agent`
            : `about ${formatYears(falseAlarms * MONTHS_A_YEAR)} a year for each agent`}
          . Ten times as many would find a change that serialises every run no sooner by more than a run, and
          a weak coupling up to a quarter sooner.
        </p>
        <p>
          It is set with <code>PARASCOPE_SENSITIVITY</code> when the server starts. Another value starts
          detection over from the log, so that every alert there is holds by it; what persons did with alerts
          is kept.
        </p>
      </div>
    </section>
  )
}

function formatYears(years: number): string {
  return years >= 10 ? String(Math.round(years)) : years.toFixed(1)
}

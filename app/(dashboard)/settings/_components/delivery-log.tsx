import { Duration } from '#components/ui/duration.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { Delivery } from '#lib/contract/channels.ts'
import { formatNoun } from '#lib/format/number.ts'
import styles from './channel-row.module.css'

/** Older messages are in the API. */
const SHOWN = 5

/** The last messages to a channel and how their delivery went. */
export function DeliveryLog({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  const nowMs = useNow(60_000)
  if (deliveries.length === 0) return <p className={styles.quiet}>Nothing was sent yet.</p>
  return (
    <table className={styles.log} aria-label="Last deliveries">
      <thead>
        <tr>
          <th scope="col">Sent</th>
          <th scope="col">What</th>
          <th scope="col">Status</th>
          <th scope="col">Attempts</th>
          <th scope="col">Took</th>
          <th scope="col">Answer</th>
        </tr>
      </thead>
      <tbody>
        {deliveries.slice(0, SHOWN).map((delivery) => (
          <tr key={delivery.id}>
            <td>
              <Timestamp epochMs={delivery.created_at} nowMs={nowMs} />
            </td>
            <td>{describeContent(delivery)}</td>
            <td data-status={delivery.status}>{delivery.status}</td>
            <td>{delivery.attempts}</td>
            <td>
              <Duration ms={delivery.took_ms} none="" />
            </td>
            <td>
              <Outcome delivery={delivery} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function describeContent({ type, alert_ids: alertIds }: Delivery): string {
  if (type === 'test') return 'a test'
  return type === 'mode' ? 'a change of the mode' : formatNoun(alertIds.length, 'alert', 'alerts')
}

function Outcome({ delivery }: { readonly delivery: Delivery }) {
  const said = delivery.error ?? (delivery.http_status === null ? '' : `answered ${delivery.http_status}`)
  if (delivery.next_attempt_at === null) return said
  return (
    <>
      {said}
      {said === '' ? '' : '; '}
      again at <Timestamp epochMs={delivery.next_attempt_at} />
    </>
  )
}

'use client'

import layout from '#components/shell/page.module.css'
import { PageHead } from '#components/shell/page-head.tsx'
import { ArrivalPanel } from './arrival-panel.tsx'
import styles from './connect-page.module.css'
import { isTelemetry } from './connect-params.ts'
import { ContractCheck } from './contract-check.tsx'
import { LastBatches } from './last-batches.tsx'
import { Refusals } from './refusals.tsx'
import { SpanReceipt } from './span-receipt.tsx'
import { Steps } from './steps.tsx'
import { useConnect } from './use-connect.ts'
import { WayChoice } from './way-choice.tsx'

/** From nothing to the first batch: choose a way, copy, run, and see it arrive. */
export function ConnectPage() {
  const connect = useConnect()
  return (
    <div className={layout.page}>
      <PageHead title="Connect" note="three minutes from nothing to the first batch" />
      <div className={layout.scroll}>
        <div className={styles.columns}>
          <div className={styles.main}>
            <WayChoice connect={connect} />
            <Steps connect={connect} />
          </div>
          <div className={styles.side}>
            <ArrivalPanel
              agent={connect.names.agent}
              before={isTelemetry(connect.way) ? 'spans' : connect.way === 'http' ? null : 'executor'}
              onWatch={connect.setAgent}
            />
            {isTelemetry(connect.way) ? <SpanReceipt /> : null}
            <LastBatches agent={connect.names.agent} />
            {isTelemetry(connect.way) ? null : (
              <>
                <Refusals />
                <ContractCheck />
              </>
            )}
          </div>
        </div>
      </div>
    </div>
  )
}

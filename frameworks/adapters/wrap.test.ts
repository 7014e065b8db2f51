import { describeAdapter } from './contract.ts'
import { wrapDriver } from './wrap.driver.ts'

describeAdapter(wrapDriver, { onlyWraps: true })

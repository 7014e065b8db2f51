import { generateTextDriver, streamTextDriver } from './ai-sdk.driver.ts'
import { describeAdapter } from './contract.ts'

describeAdapter(generateTextDriver)
describeAdapter(streamTextDriver)

import { describeAdapter } from './contract.ts'
import { chatLoopDrivers, responsesLoopDriver, runToolsDrivers } from './openai.driver.ts'

for (const driver of [...runToolsDrivers, ...chatLoopDrivers, responsesLoopDriver]) describeAdapter(driver)

import { describeAdapter } from './contract.ts'
import { agentsDrivers, unwatchedDriver } from './openai-agents.driver.ts'

for (const driver of agentsDrivers) describeAdapter(driver)
// Only the model could tell how many calls it emitted.
describeAdapter(unwatchedDriver, { emitted: false })

import { describeAdapter } from './contract.ts'
import { agentsDrivers } from './openai-agents.driver.ts'

// The SDK does not tell a tool how many calls the model emitted.
for (const driver of agentsDrivers) describeAdapter(driver, { emitted: false })

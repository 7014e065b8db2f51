import { describeAdapter } from './contract.ts'
import { mastraDrivers } from './mastra.driver.ts'

for (const driver of mastraDrivers) describeAdapter(driver)

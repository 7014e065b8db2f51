import { describeAdapter } from './contract.ts'
import { createAgentDrivers, toolNodeDriver } from './langchain.driver.ts'

for (const driver of [toolNodeDriver, ...createAgentDrivers]) describeAdapter(driver)

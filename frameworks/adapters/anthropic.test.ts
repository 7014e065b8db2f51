import { eagerDriver, loopDrivers, toolRunnerDrivers } from './anthropic.driver.ts'
import { describeAdapter } from './contract.ts'

for (const driver of [...toolRunnerDrivers, ...loopDrivers]) describeAdapter(driver)
// It starts a tool before it knows of the next.
describeAdapter(eagerDriver, { emitted: false })

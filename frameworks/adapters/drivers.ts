import { generateTextDriver, streamTextDriver } from './ai-sdk.driver.ts'
import { eagerDriver, loopDrivers, toolRunnerDrivers } from './anthropic.driver.ts'
import type { Driver } from './lab.ts'
import { createAgentDrivers, toolNodeDriver } from './langchain.driver.ts'
import { mastraDrivers } from './mastra.driver.ts'
import { mcpDriver } from './mcp.driver.ts'
import { chatLoopDrivers, responsesLoopDriver, runToolsDrivers } from './openai.driver.ts'
import { agentsDrivers, unwatchedDriver } from './openai-agents.driver.ts'
import { wrapDriver } from './wrap.driver.ts'

/** Every way of running tools that has an adapter. */
export const DRIVERS: readonly Driver[] = [
  generateTextDriver,
  streamTextDriver,
  toolNodeDriver,
  ...createAgentDrivers,
  ...runToolsDrivers,
  ...chatLoopDrivers,
  responsesLoopDriver,
  ...agentsDrivers,
  unwatchedDriver,
  ...toolRunnerDrivers,
  eagerDriver,
  ...loopDrivers,
  ...mastraDrivers,
  mcpDriver,
  wrapDriver,
]

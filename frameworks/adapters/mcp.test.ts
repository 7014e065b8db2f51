import { describeAdapter } from './contract.ts'
import { mcpDriver } from './mcp.driver.ts'

// A failed tool is a result of the protocol, which has no code for what went wrong.
describeAdapter(mcpDriver, { errorCode: 'tool-error' })

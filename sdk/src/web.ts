import { platform } from './platform/web.ts'
import { createScope } from './scope.ts'
import type { Parascope, ParascopeOptions } from './types.ts'

/** `createParascope` of `index.ts`, for runtimes that have fetch and nothing of Node's. */
export const createParascope = (options: ParascopeOptions): Parascope => createScope(platform, options)

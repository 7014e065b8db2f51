#!/usr/bin/env node
// The version is checked before anything native or any TypeScript is loaded: see docs/adr/0004.
import '../scripts/require-node.mjs'

await import('./main.ts')

// @ts-check
import './require-node.mjs'
import { buildSdk } from './build.mjs'
import { formatElapsed, printHeading, runStep, TOOLS } from './run-step.mjs'

/*
 * Every check that reads the sources without running the product. All of them run, whichever fails:
 * one round shows all there is to mend.
 */

const checks = [
  { title: 'format and lint', run: () => runStep([TOOLS.biome, 'ci', '--error-on-warnings', '.']) },
  {
    title: 'types',
    run: async () => {
      // The demo is checked against the SDK as published, the routes against Next's generated types.
      await buildSdk()
      const generated = await runStep([TOOLS.next, 'typegen'], { NEXT_TELEMETRY_DISABLED: '1' })
      return generated && (await runStep([TOOLS.tsc, '--noEmit', '-p', '.']))
    },
  },
  { title: 'imports', run: () => runStep(['scripts/check-imports.mjs']) },
  { title: 'unused code', run: () => runStep([TOOLS.knip, '--treat-config-hints-as-errors']) },
]

/** @type {string[]} */
const failed = []
for (const { title, run } of checks) {
  printHeading(title)
  const startedMs = performance.now()
  const passed = await run().catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    return false
  })
  console.log(`${title}: ${passed ? 'ok' : 'FAILED'}, ${formatElapsed(startedMs)}`)
  if (!passed) failed.push(title)
}
console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1

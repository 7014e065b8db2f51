import path from 'node:path'
import { LIVE_RELEASES } from './agents/roster.ts'
import { isReleaseName, requestDeploy } from './live/deploys.ts'

/*
 * `npm run demo:deploy -- faulty|fixed [folder of the demo]`: another release for agents at work, as a person
 * would deploy it.
 */
const [release = '', dir = path.resolve('data-demo', 'demo')] = process.argv.slice(2)
if (isReleaseName(release)) {
  await requestDeploy(dir, release)
  process.stdout.write(`Asked the demo to deploy support-refund ${LIVE_RELEASES[release].version}.\n`)
} else {
  process.stderr.write(`usage: npm run demo:deploy -- ${Object.keys(LIVE_RELEASES).join('|')} [DIR]\n`)
  process.exitCode = 1
}

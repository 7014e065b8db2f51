// Plain old syntax throughout: this file must be understood by the Node versions that it turns away.
import { readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const needed = engines.node.replace('>=', '')

/**
 * Whether version `actual` is at least `minimum`; both are dotted numbers, a leading `v` is ignored.
 * @param {string} actual
 * @param {string} minimum
 * @returns {boolean}
 */
function isAtLeast(actual, minimum) {
  const have = actual.replace(/^v/, '').split('.').map(Number)
  const want = minimum.split('.').map(Number)
  for (let part = 0; part < want.length; part += 1) {
    if ((have[part] || 0) !== want[part]) return (have[part] || 0) > want[part]
  }
  return true
}

/**
 * Whether this project runs on Node `version`. Node 23 and the first two of 24 lack `import.meta.main`,
 * without which a script would end without having done anything.
 * @param {string} version
 * @returns {boolean}
 */
export function isSupported(version) {
  return isAtLeast(version, needed) && (!isAtLeast(version, '23') || isAtLeast(version, '24.2'))
}

/*
 * An entry point imports this file statically, first and alone, and the rest by `await import()`:
 * an older Node crashes in the native modules and cannot load TypeScript sources at all.
 */
if (!isSupported(process.version)) {
  console.error(
    [
      `Parascope needs Node ${needed} or newer (of 24, 24.2 or newer).`,
      `This is ${process.version}, ${process.execPath}`,
      'The package "node" brings one: run "npm ci" and start through npm (npm start, npm run demo, npm test).',
      'If this was npm, its install script did not run: "npm rebuild node --ignore-scripts=false" runs it.',
      `Or install Node ${needed} or newer from https://nodejs.org.`,
    ].join('\n'),
  )
  process.exit(1)
}

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { TELEMETRY_WAYS } from './connect-params.ts'
import { recipeOf } from './recipes.ts'

/*
 * The agents in frameworks/otlp are run against a real server, each with its framework and its own exporter. What
 * the page tells people to paste has to be what those agents do.
 */

const FRAMEWORKS = path.resolve(import.meta.dirname, '../../../../frameworks')
/** Code that stands for the reader's own. */
const IS_YOURS =
  /^(generateText\(settings\)|serviceName:.*|constsettings=\{|constmastra=newMastra\(.*|constclient=newAnthropic\(\{)$/
/** What a variant of a test does otherwise stands in front of what people do. */
const VARIANT = /process\.(?:argv\[2\]|env\.\w+) === '[^']*'\s*\?[^:]*:/g
/** The exporter that the SDK takes of itself where the environment names an address. */
const NAMED_EXPORTER = /(?<=new NodeSDK\()\{ traceExporter: new OTLPTraceExporter\(\) \}/

describe.each(TELEMETRY_WAYS.filter((way) => way !== 'otlp'))('the recipe for %s', (way) => {
  const recipe = recipeOf(way, "'refund-agent'")

  test('has no line that is not in the agent that is run in tests', async () => {
    const source = await readFile(path.join(FRAMEWORKS, 'otlp', recipe.tested), 'utf8')
    const tested = squeeze(source.replace(VARIANT, '').replace(NAMED_EXPORTER, ''))
    const lines = recipe.code
      .split('\n')
      .map((line) =>
        squeeze(line)
          .replace(/^await/, '')
          .replace(/,$/, ''),
      )
      .filter((line) => line !== '' && !IS_YOURS.test(line))
    for (const line of lines) {
      const [, names, from = ''] = /^import\{(.*)\}from(.*)$/.exec(line) ?? []
      if (names === undefined) expect(tested).toContain(line)
      else for (const name of names.split(',')) expect(tested).toMatch(importOf(name, from))
    }
  })

  test('installs what that agent runs with', async () => {
    const { dependencies } = JSON.parse(await readFile(path.join(FRAMEWORKS, 'package.json'), 'utf8'))
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...recipe.packages]))
  })

  test('names the agent as it was told', () => {
    expect(recipe.code).not.toContain('undefined')
    const renamed = recipeOf(way, "'another'")
    expect(renamed.code).toBe(recipe.code.replaceAll("'refund-agent'", "'another'"))
  })
})

/** Code without comments, white space and commas that end a list. */
function squeeze(code: string): string {
  return code
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/\s+/g, '')
    .replace(/,(?=[}\])])/g, '')
}

function importOf(name: string, from: string): RegExp {
  return new RegExp(`import\\{[^}]*\\b${RegExp.escape(name)}\\b[^}]*\\}from${RegExp.escape(from)}`)
}

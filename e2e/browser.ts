import { parseArgs } from 'node:util'
import { type Browser, chromium } from 'playwright-core'
import {
  type BrowserCommand,
  fetchChromiumFromNpm,
  fetchPlaywrightChromium,
  installDebianChromium,
  listCachedChromium,
} from './fetch-browser.ts'
import { listInstalledBrowsers } from './installed-browsers.ts'

/** Works as root and in containers, draws without a GPU, and talks to nobody but the page under test. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const START_LIMIT_MS = 60_000

/** How to come by a browser, in the order in which they are tried. */
export const WAYS = ['installed', 'npm', 'debian', 'playwright'] as const
export type Way = (typeof WAYS)[number]

/** A browser that has been seen to start here. */
export interface FoundBrowser extends BrowserCommand {
  readonly way: Way
  readonly version: string
}

const listInstalled = (): BrowserCommand[] =>
  listInstalledBrowsers().map((executablePath) => ({ executablePath, environment: {} }))

const sources: Record<Way, { title: string; list: () => Promise<BrowserCommand[]> }> = {
  installed: {
    title: 'an installed Chromium, Chrome or Edge',
    list: async () => [
      ...listInstalled(),
      ...listCachedChromium(),
      { executablePath: null, environment: {} },
    ],
  },
  npm: { title: 'a headless Chromium from npm', list: fetchChromiumFromNpm },
  debian: {
    title: "Debian's package",
    list: async () => {
      await installDebianChromium()
      return listInstalled()
    },
  },
  playwright: { title: "Playwright's download", list: fetchPlaywrightChromium },
}

/** Starts the browser; `found` comes from `findBrowser`. The caller closes it. */
export function launchBrowser(found: BrowserCommand): Promise<Browser> {
  return chromium.launch({
    args: FLAGS,
    env: { ...process.env, ...found.environment },
    timeout: START_LIMIT_MS,
    ...(found.executablePath === null ? {} : { executablePath: found.executablePath }),
  })
}

/** Its version once it has drawn a page; rejects when it does not. A stub on PATH and a missing library show here. */
async function probe(command: BrowserCommand): Promise<string> {
  const browser = await launchBrowser(command)
  try {
    const page = await browser.newPage()
    await page.setContent('<p>drawn</p>')
    await page.screenshot()
    return browser.version()
  } finally {
    await browser.close()
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] ?? ''
}

/**
 * The first browser that starts here; gets one where none is installed. Progress goes to `log`, a line each.
 * @throws Error whose message says in one line what to do, when no way led to a browser
 */
export async function findBrowser(
  ways: readonly Way[] = WAYS,
  log: (line: string) => void = console.error,
): Promise<FoundBrowser> {
  for (const way of ways) {
    const { title, list } = sources[way]
    if (way !== 'installed') log(`Getting ${title} ...`)
    try {
      for (const command of await list()) {
        try {
          return { ...command, way, version: await probe(command) }
        } catch (error) {
          if (command.executablePath !== null)
            log(`${command.executablePath} did not start: ${firstLine(error)}`)
        }
      }
    } catch (error) {
      log(`No ${title.replace(/^an? /, '')}: ${firstLine(error)}`)
    }
  }
  throw new Error(
    'No browser starts here: install Chromium, Chrome or Edge (Debian: apt-get install chromium).',
  )
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { way: { type: 'string', multiple: true } } })
  const asked = values.way ?? [...WAYS]
  const ways = WAYS.filter((way) => asked.includes(way))
  if (ways.length < asked.length) throw new Error(`A way is one of ${WAYS.join(', ')}.`)
  await findBrowser(ways).then(
    (found) => console.log(JSON.stringify(found, null, 2)),
    (error: Error) => {
      console.error(error.message)
      process.exitCode = 1
    },
  )
}

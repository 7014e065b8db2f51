import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/*
 * Ways to get a browser on a machine that has none. Each resolves when it has done what it can; whether the
 * browser starts is for the caller to see.
 */

/** An npm package that carries a headless Chromium for x64 Linux, with the libraries that slim systems lack. */
const PACKAGE = '@sparticuz/chromium'
const PACKAGE_VERSION = '153.0.0'

/** What starts a browser; a null path is Playwright's own choice. */
export interface BrowserCommand {
  readonly executablePath: string | null
  readonly environment: Readonly<Record<string, string>>
}

function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    // Output to stderr: stdout belongs to whoever asked for a browser.
    const child = spawn(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...environment } })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${path.basename(command)} ${args[0]} ended with exit code ${code}`))
    })
  })
}

function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache')
  return path.join(base, 'parascope', `chromium-${PACKAGE_VERSION}`)
}

/** npm as it runs us, so that its registry and proxy settings hold, else the one on PATH. */
function npmCommand(): [command: string, ...args: string[]] {
  const script = process.env.npm_execpath
  return script !== undefined && path.basename(script).startsWith('npm')
    ? [process.execPath, script]
    : ['npm']
}

/** The Chromium of an earlier fetch, first with the system's libraries, then with its own. Empty when there is none. */
export function listCachedChromium(): BrowserCommand[] {
  const unpacked = path.join(cacheFolder(), 'unpacked')
  const executablePath = path.join(unpacked, 'chromium')
  if (!existsSync(executablePath)) return []
  const own = {
    LD_LIBRARY_PATH: path.join(unpacked, 'al2023/lib'),
    FONTCONFIG_PATH: path.join(unpacked, 'fonts'),
  }
  return [
    { executablePath, environment: {} },
    { executablePath, environment: own },
  ]
}

/** Fetches the npm package into a cache of its own, beside the project's packages, and unpacks it there. */
export async function fetchChromiumFromNpm(): Promise<BrowserCommand[]> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`${PACKAGE} has no Chromium for ${process.platform} ${process.arch}`)
  }
  const folder = cacheFolder()
  await mkdir(folder, { recursive: true })
  const [npm, ...npmArgs] = npmCommand()
  const options = [
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--global=false',
    '--prefix',
    folder,
  ]
  await run(npm, [...npmArgs, 'install', ...options, `${PACKAGE}@${PACKAGE_VERSION}`])

  // The package unpacks into TMPDIR, and its libraries only where it believes to be in a cloud function.
  // A folder that appears by renaming is whole, also when two runs fetch at once or one is interrupted.
  const staging = await mkdtemp(path.join(folder, 'unpacking-'))
  const entry = pathToFileURL(path.join(folder, 'node_modules', PACKAGE, 'build/index.js')).href
  const script = `const { default: chromium } = await import(${JSON.stringify(entry)}); await chromium.executablePath()`
  await run(process.execPath, ['--input-type=module', '-e', script], {
    TMPDIR: staging,
    AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x',
  })
  await rename(staging, path.join(folder, 'unpacked')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  await rm(staging, { recursive: true, force: true })
  await rm(path.join(folder, 'node_modules'), { recursive: true, force: true })
  return listCachedChromium()
}

/** Installs Debian's package. Ubuntu's package of that name is a stub for snap, which needs more than a container has. */
export async function installDebianChromium(): Promise<void> {
  const isRoot = process.getuid?.() === 0
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID=debian$/m.test(release)) throw new Error('not a Debian system')
  if (!isRoot) throw new Error('apt-get needs root')
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], quiet)
  await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], quiet)
}

/** Has Playwright download the headless Chromium that belongs to its version. */
export async function fetchPlaywrightChromium(): Promise<BrowserCommand[]> {
  const cli = path.resolve(import.meta.dirname, '../node_modules/playwright-core/cli.js')
  await run(process.execPath, [cli, 'install', '--only-shell', 'chromium'])
  return [{ executablePath: null, environment: {} }]
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDataDirSet, readConfiguration } from '#env'
import { openInBrowser } from './open-in-browser.ts'
import { serve, untilStopped } from './start.ts'

const DEMO_SCRIPT = fileURLToPath(new URL('../demo/main.ts', import.meta.url))
const DEMO_DATA_DIR = './data-demo'
/** How long the agents may take to finish their batches before they are ended. */
const STOP_MS = 5_000

export interface DemoOptions {
  readonly open: boolean
  readonly days: string
  readonly seed: string
  readonly speed: string
  readonly clockFile?: string
}

/** `parascope demo`: a server on a data folder of its own, and in a process of their own the agents that feed it. */
export async function runDemoCommand(options: DemoOptions): Promise<void> {
  const configuration = readConfiguration()
  const dataDir = isDataDirSet() ? configuration.dataDir : resolve(DEMO_DATA_DIR)
  const server = await serve({ ...configuration, dataDir }, { pages: 'built' })
  const args = [
    '--url',
    server.url,
    '--dir',
    join(dataDir, 'demo'),
    '--history-days',
    options.days,
    '--seed',
    options.seed,
    '--speed',
    options.speed,
  ]
  if (options.clockFile !== undefined) args.push('--clock-file', options.clockFile)
  // Its own group: the terminal's Ctrl-C is for us, and we stop the agents in their turn.
  const agents = spawn(process.execPath, [DEMO_SCRIPT, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  })
  const ended = once(agents, 'exit')
  if (options.open) openInBrowser(server.url)
  agents.once('exit', (code) => {
    if (code) console.error(`The demo agents ended with code ${code}; the dashboard stays open.`)
  })
  await untilStopped(server, async () => {
    if (agents.exitCode !== null || agents.signalCode !== null) return
    agents.kill('SIGTERM')
    const timer = setTimeout(() => agents.kill('SIGKILL'), STOP_MS)
    await ended
    clearTimeout(timer)
  })
}

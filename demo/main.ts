import { parseArgs } from 'node:util'
import { watchDeploys } from './live/deploys.ts'
import { type Demo, type DemoOptions, startDemo } from './live.ts'
import { ensurePast } from './past.ts'

export interface RunDemoOptions extends DemoOptions {
  /** Days of history to write to an empty server before the agents start; 0 = none. Default 3. */
  readonly historyDays?: number | undefined
  /** Breaks off the writing of the history. Agents at work are ended by `stop`. */
  readonly signal?: AbortSignal | undefined
}

/** Gives the server a past, then sets the agents to work. Resolves once they are; rejects when the server stays away. */
export async function runDemo(options: RunDemoOptions): Promise<Demo> {
  const { url, token, dir, signal, seed = 1, historyDays = 3, onLine = () => {} } = options
  const sinceMs = Date.now()
  if (historyDays > 0) await ensurePast({ url, token, dir, signal, seed, days: historyDays, onLine })
  signal?.throwIfAborted()
  const demo = await startDemo(options)
  const unwatch = watchDeploys({
    dir,
    sinceMs,
    onRequest: async (release) => onLine(await demo.deploy(release)),
    onTrouble: onLine,
  })
  onLine(`${demo.agents.length} agents are at work: ${demo.agents.join(', ')}.`)
  return {
    ...demo,
    stop: async () => {
      unwatch()
      await demo.stop()
    },
  }
}

const USAGE = `usage: node demo/main.ts --url URL --dir DIR [--token TOKEN] [--seed SEED] [--speed N]
                          [--history-days N | --no-history] [--clock-file FILE]`

function parseOptions(args: string[]): RunDemoOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      url: { type: 'string', default: 'http://localhost:3000' },
      dir: { type: 'string' },
      token: { type: 'string' },
      seed: { type: 'string', default: '1' },
      speed: { type: 'string', default: '1' },
      history: { type: 'boolean', default: true },
      'history-days': { type: 'string', default: '3' },
      'clock-file': { type: 'string' },
    },
  })
  if (values.dir === undefined)
    throw new TypeError('--dir is needed: the folder for the documents and database of the demo')
  if (!URL.canParse(values.url)) throw new TypeError(`--url is not an address: ${values.url}`)
  return {
    url: values.url,
    dir: values.dir,
    token: values.token,
    seed: values.seed,
    speed: parseNumber('--speed', values.speed, 0.1),
    historyDays: values.history ? parseNumber('--history-days', values['history-days'], 0) : 0,
    clockFile: values['clock-file'],
    onLine: (line) => process.stdout.write(`${line}\n`),
  }
}

function parseNumber(name: string, text: string, min: number): number {
  const value = Number(text)
  if (text !== '' && value >= min && value <= 1000) return value
  throw new TypeError(`${name} must be a number from ${min} to 1000`)
}

/** The demo as a program of its own: runs until SIGINT or SIGTERM; a second signal ends it at once. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  const stopping = new AbortController()
  const stopped = new Promise<void>((resolve) => {
    const onSignal = (): void => {
      if (stopping.signal.aborted) process.exit(1)
      stopping.abort()
      resolve()
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
  try {
    const demo = await runDemo({ ...options, signal: stopping.signal })
    await stopped
    await demo.stop()
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  }
  options.onLine?.('The demo has stopped.')
}

if (import.meta.main) {
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      const hint = error instanceof TypeError ? `\n${USAGE}` : ''
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}${hint}\n`)
      process.exit(1)
    },
  )
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ROOT = path.resolve(import.meta.dirname, '..')
const READY = /^Parascope is ready at (http:\/\/\S+)$/m
const READY_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 20_000
/** What a developer's shell or the test runner has set and a server started by hand would not have. */
const NOT_INHERITED = /^(PORT|HOST|DATABASE_URL|PARASCOPE_.*|NODE_ENV|NODE_OPTIONS|VITEST.*)$/

export interface ServerOptions {
  readonly command?: 'start' | 'demo'
  /** Further arguments of the command. */
  readonly args?: readonly string[]
  /** `none` needs no build: senders and executors only. */
  readonly pages?: 'built' | 'none'
  /** A program and its arguments that runs the server, and leaves it the process that was started. */
  readonly wrapper?: readonly string[]
  /** A folder that outlives the server, for restarts; without one, a fresh folder goes with it. */
  readonly dataDir?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Ends it at once (SIGKILL) when aborted, also while it starts. */
  readonly signal?: AbortSignal
}

/** A server in a process of its own, on a port of its own. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** Everything it has printed so far, both streams. */
  output(): string
  /** Asks it to end (SIGTERM) and resolves once it has; rejects when it does not or fails at it. */
  stop(): Promise<void>
  /** Ends it at once (SIGKILL), as a crash would; its data folder stays until `stop`. */
  kill(): Promise<void>
}

function inheritedEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name))
  return Object.fromEntries(kept) as NodeJS.ProcessEnv
}

/** Resolves with the address once it is printed; rejects with the output when the process ends or stays silent. */
function waitForAddress(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`The server ${what}. It printed:\n${output()}`))
    const timer = setTimeout(() => fail(`was not ready after ${READY_LIMIT_MS / 1000} s`), READY_LIMIT_MS)
    const look = () => {
      const address = READY.exec(output())?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    }
    child.stdout?.on('data', look)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended with ${signal ?? `exit code ${code}`} before it was ready`)
    })
  })
}

async function endProcess(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  await exit
  clearTimeout(timer)
}

function commandLine({ command = 'start', args = [], pages }: ServerOptions): string[] {
  return ['cli/parascope.mjs', command, ...(pages === undefined ? [] : ['--pages', pages]), ...args]
}

/** Starts the built server and resolves once it says that it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'parascope-e2e-data-')))
  const [program, ...args] = [...(options.wrapper ?? []), process.execPath, ...commandLine(options)]
  const child = spawn(program ?? process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inheritedEnvironment(), PORT: '0', PARASCOPE_DATA_DIR: dataDir, ...options.environment },
  })
  options.signal?.addEventListener('abort', () => child.kill('SIGKILL'))
  let printed = ''
  const collect = (chunk: Buffer) => {
    printed += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)

  async function removeData(): Promise<void> {
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
  }
  let killed = false
  async function stop(): Promise<void> {
    await endProcess(child, 'SIGTERM')
    await removeData()
    if (!killed && child.exitCode !== 0) {
      throw new Error(`The server ended with ${child.signalCode ?? child.exitCode} on SIGTERM:\n${printed}`)
    }
  }
  async function kill(): Promise<void> {
    killed = true
    await endProcess(child, 'SIGKILL')
  }

  try {
    const url = await waitForAddress(child, () => printed)
    return {
      url,
      dataDir,
      pid: child.pid ?? 0,
      output: () => printed,
      stop,
      kill,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await kill()
    await removeData()
    throw error
  }
}

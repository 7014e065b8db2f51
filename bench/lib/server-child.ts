import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../cli/parascope.mjs', import.meta.url))
const BARE_SERVER = fileURLToPath(new URL('./bare-server.ts', import.meta.url))

/** A Parascope in a process of its own, as it is shipped, without its pages. */
export interface ServerChild {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

export function startServerChild(dataDir: string): Promise<ServerChild> {
  return startChild([COMMAND, 'start', '--pages', 'none'], { PORT: '0', PARASCOPE_DATA_DIR: dataDir })
}

/** The server that does the least that could be called the same; see bare-server.ts. */
export function startBareServer(file: string): Promise<ServerChild> {
  return startChild([BARE_SERVER, file], {})
}

async function startChild(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<ServerChild> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await readAddress(child)
  return {
    url,
    pid: child.pid as number,
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function readAddress(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the server has no standard output')
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /ready at (http:\S+)/.exec(line)
    if (match?.[1]) return match[1]
  }
  throw new Error('the server ended before it was ready')
}

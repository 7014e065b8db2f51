import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Why system calls cannot be watched here; null when they can. */
export function whyNoStrace(): string | null {
  try {
    execFileSync('strace', ['-qq', '-o', '/dev/null', 'true'], { stdio: 'pipe' })
    return null
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' ? 'strace is not installed' : 'strace may not trace processes here'
  }
}

/** One call of a process: on which line of the trace it began and ended, and with what result. */
export interface SystemCall {
  readonly name: string
  /** The arguments as strace writes them; what was written is text where it is printable. */
  readonly args: string
  readonly start: number
  readonly end: number
  readonly result: number
}

const CALL = /^(\d+) +(\w+)\((.*)$/
const RESUMED = /^(\d+) +<\.\.\. \w+ resumed>(.*)$/
const UNFINISHED = ' <unfinished ...>'
const RESULT = /\) += (-?\d+)[^=]*$/

/** The finished calls of a trace of several threads (`strace -f -o`), in order of their end. */
export function parseTrace(text: string): SystemCall[] {
  const calls: SystemCall[] = []
  const open = new Map<string, { name: string; args: string; start: number }>()
  for (const [line, content] of text.split('\n').entries()) {
    const resumed = RESUMED.exec(content)
    const [, thread = '', name = '', rest = ''] = CALL.exec(content) ?? []
    if (resumed) {
      const begun = open.get(resumed[1] ?? '')
      const result = RESULT.exec(resumed[2] ?? '')
      if (begun && result) calls.push({ ...begun, end: line, result: Number(result[1]) })
    } else if (rest.endsWith(UNFINISHED)) {
      open.set(thread, { name, args: rest.slice(0, -UNFINISHED.length), start: line })
    } else if (name !== '') {
      const result = RESULT.exec(rest)
      if (result) calls.push({ name, args: rest, start: line, end: line, result: Number(result[1]) })
    }
  }
  return calls
}

/** Lets system calls of a running process fail with an error while `work` runs. */
export async function withFailingCalls<T>(
  pid: number,
  { calls, error }: { calls: readonly string[]; error: string },
  work: () => Promise<T>,
): Promise<T> {
  const names = calls.join(',')
  const args = ['-f', '-p', String(pid), '-e', `trace=${names}`, '-e', `inject=${names}:error=${error}`]
  const tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(tracer, 'exit')
  try {
    await attached(tracer)
    return await work()
  } finally {
    tracer.kill('SIGINT')
    await ended
  }
}

async function attached(tracer: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  if (tracer.stderr === null) throw new Error('strace has no standard error')
  const lines = createInterface({ input: tracer.stderr })
  // The lines go on being read, so that the pipe never fills.
  lines.on('line', (line) => {
    if (line.includes(' attached')) resolve()
  })
  tracer.once('exit', (code) => reject(new Error(`strace ended with ${code}`)))
  await promise
}

import { execFile } from 'node:child_process'
import path from 'node:path'

const COMMAND = path.resolve(import.meta.dirname, '../../cli/parascope.mjs')
/** What a developer's shell may have set. */
const NOT_INHERITED = /^(PORT|HOST|DATABASE_URL|PARASCOPE_.*|NODE_OPTIONS|VITEST.*)$/

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `parascope` with these arguments in a process of its own, in the given folder. */
export function runCommand(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name))
  const env = { ...Object.fromEntries(inherited), ...environment } as NodeJS.ProcessEnv
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [COMMAND, ...args], { cwd, env }, (error, stdout, stderr) => {
      if (child.exitCode === null) reject(error ?? new Error('the command was ended by a signal'))
      else resolve({ code: child.exitCode, stdout, stderr })
    })
  })
}

import { DataFolderInUseError } from '#db/sqlite/lock.ts'
import { ConfigurationError } from '#env'

/** Ends the process with words where the cause is a person's to mend, with a stack where it is ours. */
export function reportFailure(error: unknown): void {
  process.exitCode = 1
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (error instanceof ConfigurationError || error instanceof DataFolderInUseError)
    console.error(error.message)
  else if (code === 'ENOENT' || code === 'EISDIR') console.error((error as Error).message)
  else if (code === 'EADDRINUSE')
    console.error('The port is in use: stop what listens there, or set PORT to another one.')
  else if (code === 'EACCES')
    console.error(
      `Not permitted: ${(error as Error).message}. Set PORT or PARASCOPE_DATA_DIR to one that is yours.`,
    )
  else console.error(error)
}

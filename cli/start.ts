import { type Configuration, readConfiguration } from '#env'
import type { PagesKind } from '#server/pages.ts'
import { type RunningServer, startServer } from '#server/start.ts'
import { build, isBuildCurrent } from '../scripts/build.mjs'

/** `parascope start`: serves until it is told to stop. */
export async function runStart(options: { pages: PagesKind }): Promise<void> {
  const server = await serve(readConfiguration(), options)
  await untilStopped(server)
}

/** Builds when that is needed, starts the server and says where it is. */
export async function serve(
  configuration: Configuration,
  options: { pages: PagesKind },
): Promise<RunningServer> {
  if (options.pages === 'built' && !(await isBuildCurrent())) await build()
  const server = await startServer(configuration, options)
  console.log(`Parascope is ready at ${server.url.replace('//127.0.0.1:', '//localhost:')}`)
  return server
}

/** Waits for SIGINT or SIGTERM, or for a thread's death, and stops the server; a second signal ends at once. */
export async function untilStopped(
  server: RunningServer,
  beforeStop: () => Promise<void> = async () => undefined,
): Promise<void> {
  const signal = new Promise<null>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(null))
  })
  const failure = await Promise.race([signal, server.failed])
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130))
  await beforeStop()
  if (failure !== null) {
    // What the dead thread held was not acknowledged; a new process goes on from the last commit.
    console.error(failure)
    process.exit(1)
  }
  await server.stop()
  process.exit(0)
}

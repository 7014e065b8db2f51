import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { publishRuntime } from '#db/runtime.ts'
import { lockDataFolder } from '#db/sqlite/lock.ts'
import { type Configuration, ConfigurationError } from '#env'
import { createFront } from './http/front.ts'
import { isLoopback } from './http/origin.ts'
import { logger } from './log.ts'
import { type PagesKind, startPages } from './pages.ts'
import { startServices } from './services.ts'

/** A running Parascope. */
export interface RunningServer {
  readonly url: string
  /** Resolves when a thread that the process cannot do without has died. */
  readonly failed: Promise<Error>
  /** Takes nothing new, finishes what was accepted, ends. */
  stop(): Promise<void>
}

/**
 * Starts everything of one process: data folder, threads, front, pages. Resolves when people can be served;
 * senders are served a little earlier.
 * @throws ConfigurationError, DataFolderInUseError, or an error of the system such as EADDRINUSE
 */
export async function startServer(
  configuration: Configuration,
  options: { pages: PagesKind },
): Promise<RunningServer> {
  requirePrivateBind(configuration)
  const lock = lockDataFolder(configuration.dataDir)
  const failure = Promise.withResolvers<Error>()
  const services = await startServices({ ...configuration, onFailure: failure.resolve })
  publishRuntime(services.runtime)
  const pages = startPages(options.pages, configuration)
  const front = createFront({
    context: services.context,
    allowedHosts: configuration.allowedHosts,
    pages: pages.handle,
    onError: (error, req) =>
      logger.error({ err: error, method: req.method, url: req.url }, 'a request failed'),
  })

  async function stop(): Promise<void> {
    services.state.stopping = true
    services.closeStreams()
    await front.close()
    await services.stop()
    await pages.stop()
    lock.release()
  }

  try {
    const url = await listen(front.server, configuration)
    lock.publish(url)
    await pages.ready
    services.state.pagesReady = true
    return { url, failed: failure.promise, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function requirePrivateBind({ host }: Configuration): void {
  if (isLoopback(host)) return
  throw new ConfigurationError(
    `HOST=${host} would open Parascope to the network without authentication. Leave HOST at 127.0.0.1 and put a proxy that authenticates in front.`,
  )
}

function listen(server: Server, { host, port }: Configuration): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address() as AddressInfo
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}`)
    })
  })
}

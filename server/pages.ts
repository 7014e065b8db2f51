import { fileURLToPath } from 'node:url'
import next from 'next'
import type { PageHandler } from './http/front.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The pages, served by Next in this process. */
export interface Pages {
  /** Waits for Next when it is still starting. */
  readonly handle: PageHandler
  readonly ready: Promise<void>
  stop(): Promise<void>
}

export function startPages(options: { dev: boolean; host: string; port: number }): Pages {
  const app = next({ dev: options.dev, dir: ROOT, hostname: options.host, port: options.port, quiet: true })
  const ready = app.prepare()
  // Whoever awaits `ready` or `handle` sees the failure; without this line Node would end the process first.
  ready.catch(() => undefined)
  return {
    ready,
    async handle(req, res) {
      await ready
      await app.getRequestHandler()(req, res)
    },
    stop: () => app.close(),
  }
}

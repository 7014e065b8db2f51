import { fileURLToPath } from 'node:url'
import next from 'next'
import { RequestError } from '#ingest/errors.ts'
import type { PageHandler } from './http/front.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The pages, served by Next in this process. */
export interface Pages {
  /** Waits for Next when it is still starting. */
  readonly handle: PageHandler
  readonly ready: Promise<void>
  stop(): Promise<void>
}

/** `built`: as `npm run build` left them. `source`: compiled on demand. `none`: senders and executors only. */
export type PagesKind = 'built' | 'source' | 'none'

export function startPages(kind: PagesKind, address: { host: string; port: number }): Pages {
  if (kind === 'none') return NO_PAGES
  const app = next({
    dev: kind === 'source',
    dir: ROOT,
    hostname: address.host,
    port: address.port,
  })
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

const NO_PAGES: Pages = {
  ready: Promise.resolve(),
  async handle() {
    throw new RequestError(404, 'This server was started without pages.')
  },
  stop: () => Promise.resolve(),
}

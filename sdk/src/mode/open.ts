import type { Identity } from '../endpoint.ts'
import { messageOf } from '../failure.ts'
import { mintId } from '../ids.ts'
import type { OpenFile, TextFile } from '../platform/files.ts'
import type { Endpoint } from '../report/delivery.ts'
import { ModeClient, type ModeListener } from './client.ts'
import { type ModeState, parseModeState } from './evaluate.ts'

export interface ModeParts {
  readonly endpoint: Endpoint
  readonly identity: Identity
  /** The host's options, of which `modeUpdates`, `bootstrap` and `modeFile` are read. */
  readonly options: Readonly<Record<string, unknown>>
  readonly diagnose: (code: string, message: string) => void
  readonly openFile: OpenFile
  readonly listener: ModeListener | null
}

export interface OpenMode {
  readonly client: ModeClient
  /** Resolves when the file has been looked at, whatever was in it. Never rejects. */
  readonly remembered: Promise<void>
}

/**
 * Starts to listen for the mode. Until the server has been heard holds what the host bootstraps it with, or
 * what was last heard before this process began, whichever is of the newer revision.
 */
export function openMode({ endpoint, identity, options, diagnose, openFile, listener }: ModeParts): OpenMode {
  const file = parseFile(options.modeFile, openFile, diagnose)
  const keeper = file && new Keeper(file, identity, diagnose)
  const client = new ModeClient(
    endpoint,
    identity,
    mintId(endpoint.platform.wall()),
    options.modeUpdates !== 'poll',
    diagnose,
    {
      onMode(state) {
        keeper?.keep(state)
        listener?.onMode(state)
      },
      onLost: (why, status) => listener?.onLost(why, status),
    },
  )
  const bootstrap = parseBootstrap(options.bootstrap, diagnose)
  if (bootstrap !== null) client.remember(bootstrap)
  client.start()
  const remembered = keeper
    ? keeper.recall().then((state) => {
        if (state !== null) client.remember(state)
      })
    : Promise.resolve()
  return { client, remembered }
}

function parseFile(path: unknown, openFile: OpenFile, diagnose: ModeParts['diagnose']): TextFile | null {
  if (path === undefined || path === null) return null
  const file = typeof path === 'string' && path !== '' ? openFile(path) : null
  if (file === null) diagnose('config-modeFile', 'modeFile must be a path, and needs a runtime with files')
  return file
}

function parseBootstrap(value: unknown, diagnose: ModeParts['diagnose']): ModeState | null {
  if (value === undefined || value === null) return null
  let state: ModeState | null = null
  try {
    state = parseModeState(JSON.stringify(value))
  } catch {
    // A value that cannot be written down is none that the server wrote.
  }
  if (state === null) diagnose('config-bootstrap', 'bootstrap is not an answer of /api/v1/mode: ignored')
  return state
}

/** Keeps the last mode in a file, for the next process of the same agent in the same environment. */
class Keeper {
  readonly #file: TextFile
  readonly #identity: Identity
  readonly #diagnose: ModeParts['diagnose']
  #kept = ''
  #next: string | null = null

  constructor(file: TextFile, identity: Identity, diagnose: ModeParts['diagnose']) {
    this.#file = file
    this.#identity = identity
    this.#diagnose = diagnose
  }

  keep(state: ModeState): void {
    const { agent, environment } = this.#identity
    const text = JSON.stringify({ agent, environment, ...state })
    if (text === this.#kept) return
    this.#kept = text
    const isWriting = this.#next !== null
    this.#next = text
    if (!isWriting) void this.#write()
  }

  async recall(): Promise<ModeState | null> {
    try {
      const text = await this.#file.read()
      if (text === null) return null
      const { agent, environment } = JSON.parse(text) as Partial<Identity>
      // The server sends each executor its own rules: those of another say nothing of this one.
      if (agent !== this.#identity.agent || environment !== this.#identity.environment) {
        throw new Error(`it is of ${agent} in ${environment}`)
      }
      const state = parseModeState(text)
      if (state === null) throw new Error('it holds no mode')
      return state
    } catch (error) {
      this.#diagnose('mode-file', `the mode's file is of no use: ${messageOf(error)}`)
      return null
    }
  }

  /** One write at a time; of what comes meanwhile only the last is written. */
  async #write(): Promise<void> {
    let written: string | null = null
    while (this.#next !== null && this.#next !== written) {
      written = this.#next
      try {
        await this.#file.write(written)
      } catch (error) {
        this.#diagnose('mode-file', `the mode cannot be kept in its file: ${messageOf(error)}`)
      }
    }
    this.#next = null
  }
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { WireBatch } from '#lib/contract/reads.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { putRules } from './testing/put-rules.ts'
import { waitUntil } from './testing/wait-until.ts'

const PROGRAM = path.resolve(import.meta.dirname, '../examples/python/agent.py')
const MINIMUM = [3, 9] as const

/** Null when there is a Python that can run the example. */
function whyNoPython(): string | null {
  const script = 'import sys; print(sys.version_info[0], sys.version_info[1])'
  const { status, stdout } = spawnSync('python3', ['-c', script], { encoding: 'utf8' })
  if (status !== 0) return 'there is no python3 on this machine'
  const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number)
  const isNewEnough = major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])
  return isNewEnough ? null : `python3 is ${major}.${minor}, older than ${MINIMUM.join('.')}`
}
const whyNot = whyNoPython()

interface Line {
  readonly turn?: number
  readonly mode?: string
  readonly source?: string
  readonly revision?: number | null
  readonly statuses?: readonly string[]
  readonly sent?: boolean
}

describe.skipIf(whyNot !== null)(
  `the Python example${whyNot === null ? '' : ` (skipped: ${whyNot})`}`,
  () => {
    let server: LocalServer
    let recorder: Recorder
    let folder: string
    const children: ChildProcess[] = []
    beforeAll(async () => {
      server = await startLocalServer()
      recorder = await record(server.url)
      folder = await mkdtemp(path.join(tmpdir(), 'parascope-python-'))
    })
    afterAll(async () => {
      await recorder.close()
      await server.stop()
      await rm(folder, { recursive: true })
    })
    afterEach(() => {
      for (const child of children.splice(0)) child.kill('SIGKILL')
    })

    function start(args: readonly string[]) {
      const child = spawn('python3', [PROGRAM, '--poll', '0.1', ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      })
      children.push(child)
      const lines: Line[] = []
      let errors = ''
      createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
      child.stderr.on('data', (text) => {
        errors += text
      })
      return {
        lines,
        errors: () => errors,
        hear: (what: string, fits: (line: Line) => boolean) => waitUntil(what, () => lines.some(fits)),
        exit: once(child, 'exit').then(([code]) => code as number | null),
      }
    }

    async function batchesOf(agent: string): Promise<readonly WireBatch[]> {
      const query = { agent: [agent], order: 'asc' as const }
      const { batches } = await server.runtime.reads.listBatches(query, Date.now())
      return batches
    }

    it('obeys the switch in the middle of a run, and reports what its schedule was', async () => {
      const program = start(['--url', recorder.url, '--agent', 'obedient', '--turns', '12', '--pause', '0.1'])
      await program.hear('its second turn', ({ turn }) => turn === 1)
      const { revision } = await putRules(server.client, [
        { mode: 'reads-only', agent: 'obedient' },
        { mode: 'serial', agent: 'another' },
      ])
      await program.hear('a turn under the new mode', (line) => line.revision === revision)
      const last = await putRules(server.client, [{ mode: 'serial', agent: 'obedient' }])
      expect(await program.exit).toBe(0)
      expect(program.errors()).toBe('')
      expect(program.lines.at(-1)).toEqual({ sent: true, dropped: 0 })

      const batches = await batchesOf('obedient')
      expect(batches).toHaveLength(12)
      expect(new Set(batches.map(({ mode }) => mode))).toEqual(new Set(['parallel', 'reads-only', 'serial']))
      for (const batch of batches) expect(batch).toSatisfy(ranAsItsMode)
      expect(batches.at(-1)).toMatchObject({ mode: 'serial', mode_revision: last.revision })
      expect(batches[4]).toMatchObject({
        outcomes: { ok: 3, error: 1 },
        calls: [{}, {}, {}, { error_code: 'LookupError' }],
      })
      expect(batches[2]?.calls.map(({ call_id }) => call_id)).toEqual([0, 1, 2, 3].map((i) => `call_2_${i}`))
    })

    it('asks cheaply, and is listed among those who obey', async () => {
      recorder.answers.length = 0
      const program = start(['--url', recorder.url, '--agent', 'listed', '--turns', '4', '--pause', '0.3'])
      const standing = () => server.runtime.listExecutors().executors.find(({ agent }) => agent === 'listed')
      await waitUntil('it is listed', () => standing()?.applied_revision === server.runtime.mode().revision)
      expect(await program.exit).toBe(0)
      const statuses = recorder.answers
        .filter(({ url }) => url === '/ofrep/v1/evaluate/flags')
        .map((it) => it.status)
      expect(statuses[0]).toBe(200)
      expect(new Set(statuses.slice(1))).toEqual(new Set([304]))
    })

    it('starts from what it last knew when the server is away, and ends all the same', async () => {
      await putRules(server.client, [{ mode: 'serial', agent: 'cautious' }])
      const cache = ['--agent', 'cautious', '--cache', path.join(folder, 'mode.json'), '--pause', '0']
      const before = start(['--url', recorder.url, '--turns', '1', ...cache])
      expect(await before.exit).toBe(0)
      const away = start(['--url', 'http://127.0.0.1:9', '--turns', '2', ...cache])
      expect(await away.exit).toBe(0)
      expect(away.errors()).toBe('')
      expect(away.lines).toMatchObject([
        { turn: 0, mode: 'serial', source: 'disk' },
        { turn: 1, mode: 'serial', source: 'disk' },
        { sent: false },
      ])
      const nothing = start(['--url', 'http://127.0.0.1:9', '--turns', '1', '--pause', '0'])
      await nothing.hear('a turn', ({ turn }) => turn === 0)
      expect(nothing.lines[0]).toMatchObject({ mode: 'parallel', source: 'default', revision: null })
    })
  },
)

/** Whether the times of its calls are those that the name of its mode promises: the last of four is a write. */
function ranAsItsMode({ mode, calls }: WireBatch): boolean {
  const spans = calls.map(({ start_ms, duration_ms }) => ({
    from: start_ms ?? Number.NaN,
    to: (start_ms ?? Number.NaN) + (duration_ms ?? Number.NaN),
  }))
  const overlap = (i: number, j: number) => {
    const [a, b] = [spans[i], spans[j]]
    return a !== undefined && b !== undefined && a.from < b.to && b.from < a.to
  }
  const isTogether = (indices: readonly number[]) =>
    indices.every((i) => indices.every((j) => i === j || overlap(i, j)))
  const isAlone = (i: number) => spans.every((_, j) => i === j || !overlap(i, j))
  if (mode === 'parallel') return isTogether([0, 1, 2, 3])
  if (mode === 'reads-only') return isTogether([0, 1, 2]) && isAlone(3)
  return [0, 1, 2, 3].every(isAlone)
}

interface Recorder {
  readonly url: string
  readonly answers: { readonly url: string; readonly status: number }[]
  close(): Promise<void>
}

/** Passes everything on and writes down how it was answered. */
async function record(upstream: string): Promise<Recorder> {
  const answers: Recorder['answers'] = []
  const server: Server = createServer((req, res) => {
    const target = new URL(req.url ?? '/', upstream)
    const headers = { ...req.headers, host: target.host }
    const up = request(target, { method: req.method ?? 'GET', headers }, (answer) => {
      answers.push({ url: target.pathname, status: answer.statusCode ?? 0 })
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    up.once('error', () => res.destroy())
    req.pipe(up)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

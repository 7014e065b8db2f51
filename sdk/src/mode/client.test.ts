import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { modeAppliedSchema } from '../../../lib/contract/mode.ts'
import { FarEnd, json } from '../far-end.test-util.ts'
import { createParascope, type Parascope, type ParascopeOptions } from '../index.ts'

let farEnd: FarEnd
let scopes: Parascope[] = []

beforeEach(async () => {
  farEnd = await FarEnd.open()
  scopes = []
})
afterEach(async () => {
  await Promise.all(scopes.map((scope) => scope.shutdown(50)))
  await farEnd.close()
})

function open(options: Partial<ParascopeOptions> = {}): Parascope {
  const scope = createParascope({ url: farEnd.url, agent: 'planner', environment: 'production', ...options })
  scopes.push(scope)
  return scope
}

const applied = (revision: number) =>
  farEnd.until(() => farEnd.applied().some((it) => it.revision === revision))
const times = (path: string) => farEnd.heard.filter((heard) => heard.path === path).length

describe('the mode stream', () => {
  it('brings each change to memory and says that it is applied', async () => {
    const scope = open({ token: 'para_read_x' })
    expect(scope.mode()).toMatchObject({ mode: 'parallel', revision: null })
    expect(await scope.ready()).toBe(true)
    expect(scope.mode()).toMatchObject({ mode: 'parallel', revision: 1 })
    farEnd.flip([{ mode: 'serial' }])
    await applied(2)
    expect(scope.mode()).toMatchObject({ mode: 'serial', revision: 2 })
    const words = farEnd.applied().map((word) => modeAppliedSchema.parse(word))
    expect(words).toMatchObject([
      { agent: 'planner', environment: 'production', revision: 1 },
      { agent: 'planner', environment: 'production', revision: 2 },
    ])
    expect(words[0]?.executor_id).toBe(words[1]?.executor_id)
    expect(scope.stats()).toMatchObject({ modeRevision: 2, modeConnected: true })
    expect(farEnd.heard.every(({ authorization }) => authorization === 'Bearer para_read_x')).toBe(true)
  })

  it('sticks a percentage to the run', async () => {
    farEnd.flip([{ mode: 'serial', percentage: 50 }])
    const scope = open()
    await scope.ready()
    const modes = Array.from({ length: 200 }, (_, i) => scope.mode({ runId: `run-${i}` }).mode)
    expect(modes).toEqual(Array.from({ length: 200 }, (_, i) => scope.mode({ runId: `run-${i}` }).mode))
    expect(new Set(modes)).toEqual(new Set(['serial', 'parallel']))
  })

  it('never goes back to an older revision, and does when the connection is a fresh one', async () => {
    const scope = open()
    await scope.ready()
    farEnd.flip([{ mode: 'serial' }], 9)
    await applied(9)
    farEnd.flip([], 4)
    farEnd.flip([{ mode: 'serial' }], 10)
    await applied(10)
    expect(farEnd.applied().map(({ revision }) => revision)).toEqual([1, 9, 10])
    farEnd.flip([{ mode: 'reads-only' }], 2)
    farEnd.dropStreams()
    await applied(2)
    expect(scope.mode()).toMatchObject({ mode: 'reads-only', revision: 2 })
  })

  it('keeps the last known mode while the server is away, and takes up the new one when it is back', async () => {
    farEnd.flip([{ mode: 'serial' }])
    const scope = open()
    await scope.ready()
    const { port } = farEnd
    await farEnd.close()
    expect(scope.mode()).toMatchObject({ mode: 'serial', revision: 2 })
    farEnd = await FarEnd.open(port)
    farEnd.flip([{ mode: 'reads-only' }], 3)
    await applied(3)
    expect(scope.mode()).toMatchObject({ mode: 'reads-only', revision: 3 })
    expect(scope.stats().modeConnected).toBe(true)
  })

  it('that says nonsense is not believed', async () => {
    farEnd.flip([{ mode: 'serial' }])
    const scope = open()
    await scope.ready()
    farEnd.onStream = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(
        'event: mode\ndata: {"revision":"seven"}\n\nevent: mode\ndata: <html>\n\nevent: other\ndata: {}\n\n',
      )
      response.write('event: mode\ndata: {"revision":8,"rules":[{"id":"x","mode":"sideways"}]}\n\n')
      response.end()
    }
    farEnd.onMode = (_, response) => json(response, 200, { revision: 9 })
    farEnd.dropStreams()
    await farEnd.until(() => times('/api/v1/mode') > 0)
    expect(scope.mode()).toMatchObject({ mode: 'serial', revision: 2 })
  })

  it('is closed by shutdown', async () => {
    const scope = open()
    await scope.ready()
    await scope.shutdown()
    await farEnd.until(() => farEnd.streams === 0)
    expect(scope.mode().revision).toBe(1)
  })
})

describe('a start while the server is away', () => {
  const away = 'http://127.0.0.1:9'

  it('obeys what the program was deployed with', () => {
    const rules = [{ id: 'r', mode: 'serial' }]
    const scope = open({ url: away, bootstrap: { revision: 7, rules } })
    return expect.poll(() => scope.mode()).toMatchObject({ mode: 'serial', revision: 7 })
  })

  it('obeys what the last process heard', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'parascope-mode-'))
    const modeFile = path.join(folder, 'mode.json')
    farEnd.flip([{ mode: 'reads-only' }], 4)
    await open({ modeFile }).ready()
    await expect.poll(() => readFile(modeFile, 'utf8').catch(() => '')).toContain('"revision":4')
    const scope = open({ url: away, modeFile })
    await expect.poll(() => scope.mode()).toMatchObject({ mode: 'reads-only', revision: 4 })
    expect(scope.stats().modeConnected).toBe(false)
    await rm(folder, { recursive: true })
  })

  it('is parallel when nothing is known, and says which option was of no use', async () => {
    const codes: string[] = []
    const onDiagnostic = ({ code }: { code: string }) => codes.push(code)
    const bootstrap = { revision: 1, rules: [{ id: 'r', mode: 'sideways' }] }
    const scope = open({ url: away, bootstrap, modeFile: '', onDiagnostic })
    await expect.poll(() => codes).toEqual(expect.arrayContaining(['config-bootstrap', 'config-modeFile']))
    expect(scope.mode()).toMatchObject({ mode: 'parallel', revision: null })
  })
})

describe('polling', () => {
  it.each([
    ['has no stream', 404, 'application/json'],
    ['answers the stream with something else', 200, 'text/html'],
  ])('takes over when the server %s', async (_, status, type) => {
    farEnd.onStream = (_heard, response) => {
      response.writeHead(status, { 'content-type': type })
      response.end('no')
    }
    farEnd.flip([{ mode: 'serial' }])
    const scope = open()
    expect(await scope.ready()).toBe(true)
    expect(scope.mode()).toMatchObject({ mode: 'serial', revision: 2 })
    expect(scope.stats().modeConnected).toBe(false)
    await applied(2)
  })

  it('alone is enough, where a stream is not wanted', async () => {
    farEnd.flip([{ mode: 'reads-only', agent: 'planner' }])
    const scope = open({ modeUpdates: 'poll' })
    expect(await scope.ready()).toBe(true)
    expect(scope.mode().mode).toBe('reads-only')
    expect(times('/api/v1/mode/stream')).toBe(0)
  })

  it('can be switched off with everything else of the mode', async () => {
    farEnd.flip([{ mode: 'serial' }])
    const scope = open({ modeUpdates: 'off' })
    expect(await scope.ready(50)).toBe(false)
    await scope.executor({ run: () => 1 })([{ callId: 'a', tool: 't' }])
    expect(await scope.flush()).toBe(true)
    expect(farEnd.heard.map(({ path }) => path)).toEqual(['/api/v1/batches'])
    expect(farEnd.batches[0]).toMatchObject({ mode: 'parallel', mode_revision: null })
  })
})

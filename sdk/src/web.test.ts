import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FarEnd } from './far-end.test-util.ts'
import { platform } from './platform/web.ts'
import { createScope } from './scope.ts'
import type { Parascope } from './types.ts'
import { createParascope } from './web.ts'

let farEnd: FarEnd
let scope: Parascope

beforeEach(async () => {
  farEnd = await FarEnd.open()
  farEnd.rules = [{ mode: 'serial' }]
})
afterEach(async () => {
  await scope.shutdown(50)
  await farEnd.close()
})

const calls = [
  { callId: 'a', tool: 't' },
  { callId: 'b', tool: 't' },
]

describe('the build for runtimes with fetch alone', () => {
  it('hears the mode, reports, and closes its stream', async () => {
    scope = createParascope({ url: farEnd.url, agent: 'edge', token: 'secret' })
    expect(await scope.ready()).toBe(true)
    await scope.executor({ run: () => 1 })(calls)
    farEnd.flip([{ mode: 'reads-only' }])
    await farEnd.until(() => farEnd.applied().some(({ revision }) => revision === 2))
    await scope.executor({ run: () => 1 })(calls)
    expect(await scope.flush()).toBe(true)
    expect(farEnd.batches.map(({ mode, mode_revision }) => `${mode} ${mode_revision}`)).toEqual([
      'serial 1',
      'reads-only 2',
    ])
    expect(farEnd.heard.every(({ authorization }) => authorization === 'Bearer secret')).toBe(true)
    await scope.shutdown()
    await farEnd.until(() => farEnd.streams === 0)
  })

  it('is no trouble while nobody listens', async () => {
    const { url } = farEnd
    await farEnd.close()
    scope = createParascope({ url, agent: 'edge' })
    const envelopes = await scope.executor({ run: () => 1 })(calls)
    expect(envelopes.map(({ status }) => status)).toEqual(['ok', 'ok'])
    expect(await scope.flush(50)).toBe(false)
    expect(scope.stats()).toMatchObject({ queued: 1, modeConnected: false })
    farEnd = await FarEnd.open()
  })

  it('groups what a turn calls synchronously, where there is no asynchronous context', async () => {
    scope = createParascope({ url: farEnd.url, agent: 'edge' })
    const tool = scope.wrap(async () => 1, { tool: 't' })
    await scope.turn({ runId: 'r' }, () => Promise.all([tool(), tool()]))
    expect(await scope.flush()).toBe(true)
    expect(farEnd.batches).toMatchObject([{ run_id: 'r', calls: [{ tool: 't' }, { tool: 't' }] }])
  })

  it('never queues what a running call waits for', async () => {
    scope = createParascope({ url: farEnd.url, agent: 'edge' })
    await scope.ready()
    const inner = scope.wrap(async () => 1, { tool: 'inner' })
    const outer = scope.wrap(async () => (await inner()) + (await inner()), { tool: 'outer' })
    expect(await Promise.all([outer(), outer()])).toEqual([2, 2])
    expect(await scope.turn({ runId: 'r' }, () => Promise.all([outer(), outer()]))).toEqual([2, 2])
  })

  it('hears the mode with the first batch, where nothing may be sent before', async () => {
    let serving = false
    const later: typeof platform.later = (ms, fn) => {
      if (!serving) throw new Error('not in global scope')
      return platform.later(ms, fn)
    }
    // 10 s pass between any two looks at the clock: every timer is overdue.
    let nowMs = 0
    const now = () => {
      nowMs += 10_000
      return nowMs
    }
    const told: string[] = []
    const onDiagnostic = ({ message }: { message: string }) => told.push(message)
    scope = createScope(
      { ...platform, later, now },
      { url: farEnd.url, agent: 'edge', onDiagnostic, modeUpdates: 'poll' },
    )
    expect(await scope.ready(50)).toBe(false)
    expect(told).toEqual(['the mode cannot be heard yet: not in global scope'])
    serving = true
    scope.mode()
    expect(await scope.ready()).toBe(true)
    expect(scope.mode().mode).toBe('serial')
  })
})

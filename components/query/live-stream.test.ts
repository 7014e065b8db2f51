import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type LiveEvent, LiveStream } from './live-stream.ts'

/** A source whose server is the test. */
class FakeSource extends EventTarget {
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  isClosed = false
  close() {
    this.isClosed = true
  }
  say(name: string, data: unknown = {}) {
    this.dispatchEvent(
      new MessageEvent(name, { data: typeof data === 'string' ? data : JSON.stringify(data) }),
    )
  }
}

function setUp() {
  const opened: FakeSource[] = []
  const page = { hidden: false, wake: () => {} }
  const stream = new LiveStream({
    open: () => {
      const source = new FakeSource()
      opened.push(source)
      return source as unknown as EventSource
    },
    now: () => Date.now(),
    isHidden: () => page.hidden,
    onWake: (callback) => {
      page.wake = callback
      return () => {}
    },
  })
  const events: LiveEvent[] = []
  const stop = stream.onEvent((event) => events.push(event))
  const last = () => opened.at(-1) as FakeSource
  return { stream, opened, page, events, stop, last }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('one connection serves every listener and closes with the last', () => {
  const { stream, opened, stop, last } = setUp()
  const stopSecond = stream.onEvent(() => {})
  expect(opened).toHaveLength(1)
  stop()
  expect(last().isClosed).toBe(false)
  stopSecond()
  expect(last().isClosed).toBe(true)
})

test('a lost connection is shown, tried again, and announced once it is back', () => {
  const { stream, opened, events, last } = setUp()
  last().onopen?.()
  expect(stream.getState().status).toBe('connected')
  last().onerror?.()
  expect(stream.getState().status).toBe('lost')
  vi.advanceTimersByTime(500)
  expect(opened).toHaveLength(2)
  expect(stream.getState().status).toBe('lost')
  last().onopen?.()
  expect(stream.getState().status).toBe('connected')
  expect(events).toEqual([{ type: 'resumed' }])
})

test('a connection that has gone silent counts as lost', () => {
  const { stream, last } = setUp()
  last().onopen?.()
  vi.advanceTimersByTime(10_000)
  last().say('ping')
  vi.advanceTimersByTime(10_000)
  expect(stream.getState().status).toBe('connected')
  vi.advanceTimersByTime(10_000)
  expect(stream.getState().status).toBe('lost')
})

test('a hidden page holds no connection and catches up when it is seen again', () => {
  const { opened, page, events, last } = setUp()
  last().onopen?.()
  page.hidden = true
  page.wake()
  expect(last().isClosed).toBe(true)
  page.hidden = false
  page.wake()
  expect(opened).toHaveLength(2)
  last().onopen?.()
  expect(events).toEqual([{ type: 'resumed' }])
})

test('what it does not understand is left out and keeps the connection', () => {
  const { stream, events, last } = setUp()
  last().say('batches', 'not json')
  last().say('mode', { revision: 'seven' })
  last().say('mode', { revision: 7 })
  expect(events).toEqual([{ type: 'mode', data: { revision: 7 } }])
  expect(stream.getState().status).toBe('connected')
})

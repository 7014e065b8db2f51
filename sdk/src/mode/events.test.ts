import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventParser } from './events.ts'

const stream = [
  ': hello\n\n',
  'event: mode\nid: 7\ndata: {"a":1}\n\n',
  ':beat\n',
  'event: mode\r\ndata: {"b":\r\ndata:2}\r\n\r\n',
  'retry: 50\n\nevent: empty\n\n',
  'data: plain\n\nevent: mode\ndata: never ended',
].join('')
const events = [
  { type: 'mode', data: '{"a":1}' },
  { type: 'mode', data: '{"b":\n2}' },
  { type: '', data: 'plain' },
]

describe('EventParser', () => {
  it('gives the same events however the stream is cut', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 20 })
    fc.assert(
      fc.property(cuts, (at) => {
        const parser = new EventParser()
        const bounds = [0, ...at.toSorted((a, b) => a - b), stream.length]
        const parts = bounds.slice(1).map((end, i) => stream.slice(bounds[i], end))
        expect(parts.flatMap((part) => parser.push(part))).toEqual(events)
      }),
    )
  })

  it('says when more is held back than any mode may hold', () => {
    const parser = new EventParser()
    for (let i = 0; i < 100 && !parser.overflown; i++) parser.push('x'.repeat(100_000))
    expect(parser.overflown).toBe(true)
  })
})

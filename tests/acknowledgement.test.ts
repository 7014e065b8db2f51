import { expect, it } from 'vitest'
import { traceAcknowledgements } from './testing/acknowledgement-trace.ts'
import { createRandom } from './testing/random.ts'
import { parseTrace, whyNoStrace } from './testing/strace.ts'

it('reads calls that another thread interrupts', () => {
  const trace = [
    '11 pwrite64(7</d/x.db-wal>, "a\\"b = 3", 9, 0 <unfinished ...>',
    '12 fsync(7</d/x.db-wal>) = 0',
    '11 <... pwrite64 resumed>)           = 9',
    '12 write(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, "HTTP/1.1 200 OK", 15) = -1 EPIPE (Broken pipe)',
    '12 +++ exited with 0 +++',
  ].join('\n')
  expect(parseTrace(trace)).toEqual([
    { name: 'fsync', args: '7</d/x.db-wal>) = 0', start: 1, end: 1, result: 0 },
    { name: 'pwrite64', args: '7</d/x.db-wal>, "a\\"b = 3", 9, 0', start: 0, end: 2, result: 9 },
    {
      name: 'write',
      args: expect.stringContaining('200 OK'),
      start: 3,
      end: 3,
      result: -1,
    },
  ])
})

it.runIf(whyNoStrace() === null)('acknowledges nothing before it has been flushed to the disk', async () => {
  const trace = await traceAcknowledgements(45, createRandom(7))
  expect(trace.early).toEqual([])
  expect(trace.acknowledgements).toBe(45)
  expect(trace.walSyncs).toBeGreaterThan(10)
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { type Line, readLines } from './lines.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'parascope-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function read(text: string): Promise<Line[]> {
  const file = path.join(folder, 'file.jsonl')
  writeFileSync(file, text)
  const lines: Line[] = []
  for await (const line of readLines(file)) lines.push(line)
  return lines
}

it('gives every line that is not blank with its number, whichever end it has', async () => {
  const line = fc.constantFrom('', ' ', 'a', '{"b":1}', 'ä€😀', '\t\r')
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.boolean(), async (texts, ended) => {
      const text = texts.join('\n') + (ended ? '\n' : '')
      const wanted = texts.flatMap((item, i) => (item.trim() === '' ? [] : [`${i + 1} ${item}`]))
      const lines = await read(text)
      expect(lines.map(({ number, bytes }) => `${number} ${bytes}`)).toEqual(wanted)
    }),
    { numRuns: 100 },
  )
})

it('puts together lines that are longer than what is read at once', async () => {
  const long = 'x'.repeat((1 << 20) + 5)
  const lines = await read(`${long}\nshort\n${long}`)
  expect(lines.map(({ bytes }) => bytes.byteLength)).toEqual([long.length, 5, long.length])
  expect(lines.at(-1)?.readBytes).toBe(2 * long.length + 7)
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type PlayedBatch, play, toTasks } from './play.test-util.ts'

interface GoldenCase extends PlayedBatch {
  readonly name: string
  readonly sdk: boolean
  readonly expected: {
    readonly ideal: readonly { readonly call_id: string; readonly start_ms: number }[]
    readonly ignored_dependencies: readonly { readonly call_id: string; readonly depends_on: string }[]
  }
}

const file = new URL('../../../fixtures/golden/scheduling.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: GoldenCase[] }
const bound = cases.filter((golden) => golden.sdk).map((golden) => [golden.name, golden] as const)

describe('golden cases', () => {
  it('are there', () => expect(bound.length).toBeGreaterThan(30))

  it.each(bound)('start when the ideal says: %s', (_, golden) => {
    const expected = golden.expected.ideal.map((call) => [call.call_id, call.start_ms])
    expect(play(golden)).toEqual(Object.fromEntries(expected))
  })

  it.each(bound)('ignore the same edges: %s', (_, golden) => {
    const edge = (callId: string, dependsOn: string) => `${callId} -> ${dependsOn}`
    const tasks = toTasks(golden)
    const idOf = new Map(tasks.map((task) => [task.seq, task.call.call_id]))
    const declared = tasks.flatMap(({ call }) => call.depends_on.map((id) => edge(call.call_id, id)))
    const kept = tasks.flatMap(({ call, prerequisites }) =>
      (prerequisites ?? []).map(({ seq }) => edge(call.call_id, idOf.get(seq) ?? '')),
    )
    const ignored = golden.expected.ignored_dependencies.map((item) => edge(item.call_id, item.depends_on))
    expect(kept.toSorted()).toEqual(
      [...new Set(declared)].filter((name) => !ignored.includes(name)).toSorted(),
    )
  })
})

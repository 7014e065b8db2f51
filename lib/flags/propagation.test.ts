import { expect, test } from 'vitest'
import type { Executor } from '#lib/contract/mode.ts'
import { computePropagation } from './propagation.ts'

const NOW_MS = 1_000_000

const executorOf = (id: string, change: Partial<Executor> = {}): Executor => ({
  executor_id: id,
  agent: 'triage',
  environment: 'production',
  connected: true,
  connected_at: 900_000,
  last_seen_at: 900_000,
  applied_revision: 7,
  applied_at: 990_300,
  applied_after_ms: 300,
  ...change,
})

const progressOf = (...executors: Executor[]) =>
  computePropagation({ revision: 7, revision_at: 990_000, executors }, NOW_MS)

test('counts who has applied the newest revision among those within reach', () => {
  const { applied, reachable, executors } = progressOf(
    executorOf('c', { applied_revision: 6 }),
    executorOf('a'),
    executorOf('b', { connected: false, last_seen_at: NOW_MS - 41_000 }),
  )
  expect([applied, reachable]).toEqual([1, 2])
  expect(executors.map(({ executor, standing }) => [executor.executor_id, standing])).toEqual([
    ['a', 'applied'],
    ['b', 'lost'],
    ['c', 'pending'],
  ])
  expect(executors.map(({ durationMs }) => durationMs)).toEqual([300, 41_000, 10_000])
})

test('the median and the slowest are of those that were told, not of those that came later', () => {
  const { medianMs, slowestMs, slowest, applied } = progressOf(
    executorOf('a', { applied_after_ms: 100 }),
    executorOf('b', { applied_after_ms: 860 }),
    executorOf('late', { connected_at: 995_000, applied_after_ms: 5_002 }),
    executorOf('back', { connected_at: 995_000, applied_after_ms: 310 }),
  )
  expect(applied).toBe(4)
  expect([medianMs, slowestMs, slowest?.executor_id]).toEqual([310, 860, 'b'])
})

test('without anybody there is no time to tell', () => {
  expect(progressOf()).toMatchObject({
    applied: 0,
    reachable: 0,
    medianMs: null,
    slowestMs: null,
    slowest: null,
  })
})

test('one that polls is within reach as long as it asks', () => {
  const poller = { connected: false, connected_at: null }
  const { executors } = progressOf(
    executorOf('a', { ...poller, last_seen_at: NOW_MS - 6_000 }),
    executorOf('b', { ...poller, last_seen_at: NOW_MS - 60_000 }),
  )
  expect(executors.map(({ standing }) => standing)).toEqual(['applied', 'lost'])
})

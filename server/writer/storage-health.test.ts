import { describe, expect, it } from 'vitest'
import { createStorageHealth } from './storage-health.ts'

const FULL = { reason: 'full', needsRoom: true }
const LOCKED = { reason: 'locked', needsRoom: false }

function createHealth() {
  const changes: (string | null)[] = []
  let nowMs = 0
  const health = createStorageHealth({ monotonicMs: () => nowMs, onChange: (fault) => changes.push(fault) })
  return { health, changes, wait: (ms: number) => (nowMs += ms) }
}

describe('the health of the storage', () => {
  it('is told once when it changes', () => {
    const { health, changes } = createHealth()
    health.succeeded(10)
    health.failed(FULL, 5_000)
    health.failed(FULL, 5_000)
    health.succeeded(5_000)
    health.succeeded(5_000)
    expect(changes).toEqual(['full', null])
  })

  it('does not come back with a small write that a full disk still takes', () => {
    const { health, wait } = createHealth()
    health.failed(FULL, 5_000)
    wait(500)
    health.succeeded(0)
    expect(health.fault).toBe('full')
    health.failed(FULL, 100)
    wait(2_999)
    health.succeeded(100)
    expect(health.fault).toBe('full')
  })

  it('comes back with a write as large as the one refused, or when nothing has been refused for a while', () => {
    const { health, wait } = createHealth()
    health.failed(FULL, 5_000)
    health.succeeded(5_001)
    expect(health.fault).toBeNull()
    health.failed(FULL, 5_000)
    wait(3_000)
    health.succeeded(0)
    expect(health.fault).toBeNull()
  })

  it('comes back with any write where size is not the matter', () => {
    const { health } = createHealth()
    health.failed(LOCKED, 5_000)
    health.succeeded(0)
    expect(health.fault).toBeNull()
  })

  it('tells another fault in its own words', () => {
    const { health, changes } = createHealth()
    health.failed(FULL, 1)
    health.failed(LOCKED, 1)
    expect(changes).toEqual(['full', 'locked'])
  })
})

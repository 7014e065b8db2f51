import type { Detector } from '#lib/detectors/detector.ts'

interface ToyState {
  trail: { atMs: number; value: number }[]
}

/**
 * Opens an alert in an environment at every batch whose first call fails and closes it at the next other one:
 * few random batches are enough for alerts that open, go and come back. Its finding shares an array with its
 * state, as a careless detector's might.
 */
export const TOY_DETECTOR: Detector = {
  name: 'toy',
  observe(observation, context) {
    const { environment, nowMs, version, model, calls } = observation
    const state = context.state<ToyState>(`toy/${environment}`, () => ({ trail: [] }))
    const scope = { kind: 'coupling', agent: '*', environment, key: { tool: 'toy' } } as const
    const failed = calls[0]?.failed ?? false
    state.trail.push({ atMs: nowMs, value: failed ? 1 : 0 })
    if (state.trail.length > 8) state.trail.shift()
    if (!failed) {
      context.recover(scope)
      return
    }
    context.raise({
      ...scope,
      onsetMs: state.trail[0]?.atMs ?? nowMs,
      firstBadVersion: version === '' ? null : version,
      firstBadModel: model === '' ? null : model,
      suspects: [],
      logEvidence: 1,
      threshold: 1 + context.sensitivity.extraNats,
      trail: state.trail,
      hypothesis: null,
    })
  },
}

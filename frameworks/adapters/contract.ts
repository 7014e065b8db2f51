import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IngestBatch } from '../../lib/contract/ingest.ts'
import { FarEnd } from '../../sdk/src/far-end.test-util.ts'
import { createParascope, type Mode } from '../../sdk/src/index.ts'
import { type Adapted, type Driver, Lab, PLAN, POLICIES } from './lab.ts'

const MODES: readonly Mode[] = ['parallel', 'reads-only', 'serial']
const IDS = PLAN.map(({ callId }) => callId)
const SUCCESSES: readonly [string, (n: number) => boolean][] = [
  ['0 of 6', () => true],
  ['1 of 6', (n) => n !== 3],
  ['all of 6', () => false],
]

interface Expected {
  /** The framework tells how many calls the model emitted. */
  readonly emitted?: boolean
  /** What a failure of a tool is recorded as. */
  readonly errorCode?: string
  /** It only wraps functions: no deadlines, and what one does to its caller's own context is seen, as ever. */
  readonly onlyWraps?: boolean
}

/** What every adapter promises, tried with the real framework: the tests of one driver. */
export function describeAdapter(
  driver: Driver,
  { emitted = true, errorCode = 'E_REFUSED', onlyWraps = false }: Expected = {},
): void {
  let farEnd: FarEnd
  const opened: Adapted['scope'][] = []

  beforeEach(async () => {
    farEnd = await FarEnd.open()
  })
  afterEach(async () => {
    for (const scope of opened.splice(0)) await scope.shutdown(50)
    await farEnd.close()
  })

  async function adapt(mode: Mode, options: Partial<Adapted['options']> = {}): Promise<Adapted> {
    if (mode !== 'parallel') farEnd.flip([{ mode }])
    const scope = createParascope({ url: farEnd.url, agent: 'agent' })
    opened.push(scope)
    expect(await scope.ready()).toBe(true)
    return { scope, options: { policies: POLICIES, ...options } }
  }

  async function recorded({ scope }: Adapted): Promise<readonly IngestBatch[]> {
    expect(await scope.flush()).toBe(true)
    return farEnd.batches
  }

  describe(driver.name, () => {
    describe.each(MODES)('in %s mode', (mode) => {
      it('runs the calls as the mode says, seen from inside the tools, and records one batch', async () => {
        const adapted = await adapt(mode)
        const lab = new Lab()
        const bare = await new Lab().run(driver, null)
        expect(await lab.run(driver, adapted)).toEqual(bare)
        expect(lab.wrongSchedule(mode)).toBe(null)
        const batches = await recorded(adapted)
        expect(batches.map(({ calls }) => calls.length)).toEqual([6])
        expect(batches[0]).toMatchObject({ mode, calls: PLAN.map(({ tool }) => ({ tool, outcome: 'ok' })) })
        expect(batches[0]?.calls.map(({ call_id }) => call_id)).toEqual(IDS)
        if (emitted) expect(batches[0]?.emitted_calls).toBe(6)
      })

      it.each(SUCCESSES)('answers as the bare framework does when %s succeed', async (_, fails) => {
        const adapted = await adapt(mode)
        const bare = await new Lab({ fails, ms: 1 }).run(driver, null)
        const ours = await new Lab({ fails, ms: 1 }).run(driver, adapted)
        expect(ours).toEqual(bare)
        if (!driver.throws || ours.failure === null) expect(ours.answers.length).toBe(6)
        const [batch] = await recorded(adapted)
        expect(batch?.calls.map(({ outcome, error_code }) => error_code ?? outcome)).toEqual(
          PLAN.map(({ args }) => (fails(args.n) ? errorCode : 'ok')),
        )
      })

      it('gives each call a signal and an asynchronous context of its own, below its caller', async () => {
        const adapted = await adapt(mode)
        const lab = new Lab()
        await lab.run(driver, adapted)
        const signals = new Set(lab.noted.map(({ signal }) => signal))
        expect(signals.size).toBe(6)
        for (const { n, signal, caller, mine } of lab.noted) {
          expect(signal).toBeInstanceOf(AbortSignal)
          expect(caller).toBe('caller')
          expect(onlyWraps ? mine[1] : mine).toEqual(onlyWraps ? n : [undefined, n])
        }
      })
    })

    it.skipIf(onlyWraps)('ends one call at its deadline, and leaves its siblings alone', async () => {
      const adapted = await adapt('parallel', {
        policies: { ...POLICIES, refund: { effect: 'write', deadlineMs: 5 } },
      })
      const lab = new Lab({ ms: 40 })
      await lab.run(driver, adapted)
      const [batch] = await recorded(adapted)
      expect(batch?.calls.map(({ outcome }) => outcome)).toEqual(
        PLAN.map(({ tool }) => (tool === 'refund' ? 'timeout' : 'ok')),
      )
      const aborted = lab.noted.filter(({ signal }) => signal?.aborted).map(({ n }) => n)
      expect(aborted.every((n) => PLAN[n]?.tool === 'refund')).toBe(true)
    })

    it('keeps runs apart that go on at the same time', async () => {
      const adapted = await adapt('serial')
      const plans = ['a', 'b', 'c'].map((run) =>
        PLAN.map((call) => ({ ...call, callId: `${run}_${call.args.n}` })),
      )
      await Promise.all(plans.map((plan) => new Lab({ ms: 2 }).run(driver, adapted, plan)))
      const batches = await recorded(adapted)
      const ids = batches.map(({ calls }) => calls.map(({ call_id }) => call_id).join(' '))
      expect(ids.toSorted()).toEqual(plans.map((plan) => plan.map(({ callId }) => callId).join(' ')))
    })

    it('answers for calls that never reach a tool, and does not wait for them', async () => {
      const adapted = await adapt('reads-only')
      const plan = PLAN.map((call) => (call.args.n === 1 ? { ...call, tool: 'unheard_of' } : call))
      const bare = await new Lab().run(driver, null, plan)
      const lab = new Lab()
      expect(await lab.run(driver, adapted, plan)).toEqual(bare)
      // Some frameworks end the run before the first tool.
      expect(lab.noted.map(({ n }) => n)).toEqual(bare.failure === null ? [0, 2, 3, 4, 5] : [])
    })

    it('changes nothing while the server is away', async () => {
      const scope = createParascope({ url: 'http://127.0.0.1:9', agent: 'agent' })
      opened.push(scope)
      const fails = (n: number) => n === 2
      const lab = new Lab({ fails })
      const bare = await new Lab({ fails }).run(driver, null)
      expect(await lab.run(driver, { scope, options: { policies: POLICIES } })).toEqual(bare)
      expect(lab.wrongSchedule('parallel')).toBe(null)
    })
  })
}

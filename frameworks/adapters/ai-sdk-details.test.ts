import { generateText, stepCountIs, streamText, tool } from 'ai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { aiSdk } from '../../sdk/src/adapters/ai-sdk.ts'
import { FarEnd } from '../../sdk/src/far-end.test-util.ts'
import { createParascope, type Parascope } from '../../sdk/src/index.ts'
import { ScriptedModel } from './ai-model.ts'
import { Lab, PLAN, POLICIES } from './lab.ts'

const inputSchema = z.object({ n: z.number() })
let farEnd: FarEnd
let scope: Parascope

beforeEach(async () => {
  farEnd = await FarEnd.open()
  scope = createParascope({ url: farEnd.url, agent: 'agent' })
  expect(await scope.ready()).toBe(true)
})
afterEach(async () => {
  await scope.shutdown()
  await farEnd.close()
})

/** The tools of a lab as the AI SDK takes them. */
function toolsOf(lab: Lab) {
  const { look, search, refund } = lab.tools
  const make = (run = look) =>
    tool({ inputSchema, execute: (input, { abortSignal }) => run?.(input, abortSignal) })
  return { look: make(look), search: make(search), refund: make(refund) }
}

const settings = () => ({ model: new ScriptedModel(PLAN), prompt: 'Go.', stopWhen: stepCountIs(5) })

async function batches() {
  expect(await scope.flush()).toBe(true)
  return farEnd.batches
}

describe('a batch of the AI SDK', () => {
  it('tells the model, its time and its tokens', async () => {
    await generateText({
      ...settings(),
      ...aiSdk(scope, toolsOf(new Lab()), { context: { runId: 'run-9' } }),
    })
    const [batch] = await batches()
    expect(batch).toMatchObject({
      run_id: 'run-9',
      turn: 1,
      provider: 'scripted',
      model: 'scripted-1',
      input_tokens: 210,
      output_tokens: 96,
      emitted_calls: 6,
    })
    expect(batch?.model_ms).toBeGreaterThanOrEqual(0)
  })

  it('is one without the callback too, but says nothing of what the model emitted', async () => {
    const lab = new Lab()
    const { tools } = aiSdk(scope, toolsOf(lab), { policies: POLICIES })
    await generateText({ ...settings(), tools })
    expect(lab.wrongSchedule('parallel')).toBe(null)
    const recorded = await batches()
    expect(recorded.map(({ calls }) => calls.length)).toEqual([6])
    expect(recorded[0]?.emitted_calls).toBe(null)
  })

  it.each([true, false])(
    'is one where the AI SDK itself starts two at a time, told of it or not: %s',
    async (told) => {
      const ours = aiSdk(scope, toolsOf(new Lab()), { policies: POLICIES })
      await generateText({ ...settings(), toolCallConcurrency: 2, ...(told ? ours : { tools: ours.tools }) })
      expect((await batches()).map(({ calls }) => calls.map(({ call_id }) => call_id))).toEqual([
        PLAN.map(({ callId }) => callId),
      ])
    },
  )

  it('obeys a cap of its own', async () => {
    const lab = new Lab()
    await generateText({
      ...settings(),
      ...aiSdk(scope, toolsOf(lab), { policies: POLICIES, concurrency: 2 }),
    })
    const mostAtOnce = Math.max(
      ...lab.noted.map(
        ({ startMs }) =>
          lab.noted.filter((other) => other.startMs <= startMs && other.endMs > startMs).length,
      ),
    )
    expect(mostAtOnce).toBe(2)
    expect((await batches())[0]).toMatchObject({ concurrency: 2 })
  })

  it('cancels what waits when the run is aborted, and leaves what runs to itself', async () => {
    farEnd.flip([{ mode: 'serial' }])
    await farEnd.until(() => farEnd.applied().some(({ revision }) => revision === farEnd.revision))
    const controller = new AbortController()
    const lab = new Lab()
    const tools = toolsOf(lab)
    const first = tool({
      inputSchema,
      execute: async () => {
        controller.abort(new DOMException('enough', 'AbortError'))
        return 'finished'
      },
    })
    const ours = aiSdk(scope, { ...tools, look: first }, { policies: POLICIES })
    await expect(generateText({ ...settings(), ...ours, abortSignal: controller.signal })).rejects.toThrow(
      'enough',
    )
    expect(lab.noted).toEqual([])
    expect((await batches())[0]?.calls.map(({ outcome }) => outcome)).toEqual([
      'ok',
      ...Array(5).fill('never-ran'),
    ])
  })
})

describe('a tool that yields preliminary results', () => {
  const yielding = tool({
    inputSchema,
    async *execute({ n }) {
      yield `${n}: asked`
      yield `${n}: answered`
    },
  })

  async function partsOf(ours: object) {
    const parts: unknown[] = []
    for await (const part of streamText({ ...settings(), ...ours }).fullStream) {
      if (part.type === 'tool-result') parts.push([part.toolCallId, part.preliminary ?? false, part.output])
    }
    return parts
  }

  it('yields the same in each mode, each call its own', async () => {
    const tools = { look: yielding, search: yielding, refund: yielding }
    const bare = await partsOf({ tools })
    for (const mode of ['parallel', 'serial'] as const) {
      farEnd.flip([{ mode }])
      await farEnd.until(() => farEnd.applied().some(({ revision }) => revision === farEnd.revision))
      const ours = await partsOf(aiSdk(scope, tools, { policies: POLICIES }))
      expect(ours.toSorted()).toEqual(bare.toSorted())
      expect(ours.length).toBe(18)
    }
    expect((await batches()).map(({ mode, calls }) => [mode, calls.length])).toEqual([
      ['parallel', 6],
      ['serial', 6],
    ])
  })
})

describe('a scope that is none', () => {
  it('leaves the tools as they are', () => {
    const tools = toolsOf(new Lab())
    expect(aiSdk({} as Parascope, tools).tools).toBe(tools)
  })
})

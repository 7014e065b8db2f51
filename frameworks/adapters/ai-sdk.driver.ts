import { generateText, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'
import { aiSdk } from '../../sdk/src/adapters/ai-sdk.ts'
import { ScriptedModel } from './ai-model.ts'
import type { Adapted, Driver, Job } from './lab.ts'

const inputSchema = z.object({ n: z.number() })

function settingsOf({ calls, tools }: Job, adapted: Adapted | null) {
  const plain = Object.fromEntries(
    Object.entries(tools).map(([name, run]) => [
      name,
      tool({ inputSchema, execute: (input, { abortSignal }) => run(input, abortSignal) }),
    ]),
  )
  const model = new ScriptedModel(calls)
  const ours = adapted === null ? { tools: plain } : aiSdk(adapted.scope, plain, adapted.options)
  return { model, prompt: 'Go.', stopWhen: stepCountIs(5), ...ours }
}

export const generateTextDriver: Driver = {
  name: 'Vercel AI SDK generateText',
  async run(job, adapted) {
    const settings = settingsOf(job, adapted)
    await generateText(settings)
    return { answers: settings.model.answers, failure: null }
  },
}

export const streamTextDriver: Driver = {
  name: 'Vercel AI SDK streamText',
  async run(job, adapted) {
    const settings = settingsOf(job, adapted)
    await streamText(settings).text
    return { answers: settings.model.answers, failure: null }
  },
}

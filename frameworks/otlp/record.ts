import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { TOKENS, type Truth } from './refund.ts'
import { type AgentRun, runAgent } from './run-agent.ts'

/*
 *   node frameworks/otlp/record.ts DIR
 *
 * Records what each agent's exporter sends, beside the truth of the run, as `npm run score:assembly -- DIR` reads it:
 * a folder a run, with requests.json, the bodies that it names, and expected.json.
 */

const RUNS: readonly (readonly [agent: string, variant: string, protocol?: 'http/json'])[] = [
  ['ai-sdk', 'generate'],
  ['ai-sdk', 'stream', 'http/json'],
  ['ai-sdk', 'legacy'],
  ['langgraph', 'graph', 'http/json'],
  ['langgraph', 'create-agent'],
  ['openai-openinference', 'parallel'],
  ['openai-openinference', 'serial'],
  ['openai-openinference', 'stream'],
  ['openai-openinference', 'model-only'],
  ['openai-traceloop', 'whole'],
  ['openai-traceloop', 'stream', 'http/json'],
  ['openai-agents', 'responses', 'http/json'],
  ['openai-agents', 'chat'],
  ['anthropic', 'content', 'http/json'],
  ['anthropic', 'metadata'],
  ['anthropic-openinference', 'once'],
  ['anthropic-openinference', 'told-twice'],
  ['mastra', 'generate'],
  ['mastra', 'stream'],
  ['genkit', 'flow'],
  ['mcp', 'parallel', 'http/json'],
  ['mcp', 'serial'],
]

interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Runs the agent with its exporter at a server that keeps what it gets and is content with everything. */
async function receive(run: Omit<AgentRun, 'endpoint'>): Promise<{ truth: Truth; received: Received[] }> {
  const received: Received[] = []
  const server = createServer(async (req, res) => {
    const body = await buffer(req)
    const contentType = req.headers['content-type'] ?? ''
    const headers = { 'content-type': contentType, 'content-encoding': req.headers['content-encoding'] ?? '' }
    received.push({ path: req.url ?? '', headers, body })
    res.setHeader('content-type', contentType).end(contentType === 'application/json' ? '{}' : '')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [truth] = await runAgent({ ...run, endpoint: `http://127.0.0.1:${port}` })
  server.close()
  if (truth === undefined) throw new Error(`${run.agent} told of no case`)
  return { truth, received }
}

function describeTruth({ emitted, answers, observed }: Truth): object {
  return {
    modelCalls: answers.map(({ startedAtMs, endedAtMs }, i) => ({
      turn: i + 1,
      startUnixMs: startedAtMs,
      endUnixMs: endedAtMs,
      tokens: TOKENS,
    })),
    turns: emitted.map((calls, i) => {
      const ran = observed.filter((call) => calls.some(({ callId }) => callId === call.callId))
      return {
        turn: i + 1,
        modelEmittedToolCalls: calls.length,
        peakConcurrency: Math.max(
          ...ran.map(
            (one) =>
              ran.filter((other) => other.startedAtMs <= one.startedAtMs && one.startedAtMs < other.endedAtMs)
                .length,
          ),
        ),
        calls: calls.map(({ callId, tool, args }) => {
          const call = ran.find((one) => one.callId === callId)
          const times = call && { startUnixMs: call.startedAtMs, endUnixMs: call.endedAtMs }
          return { callId, name: tool, args, observed: call ? { ...times, outcome: call.outcome } : null }
        }),
      }
    }),
  }
}

async function record(root: string, [agent, variant, protocol]: (typeof RUNS)[number]): Promise<void> {
  const run = { agent, variant, environment: 'recorded', cases: 1 }
  const { truth, received } = await receive(protocol === undefined ? run : { ...run, protocol })
  const folder = path.join(root, agent, variant)
  await rm(folder, { recursive: true, force: true })
  await mkdir(path.join(folder, 'requests'), { recursive: true })
  const requests = received.map(({ path: url, headers }, i) => {
    const ending = headers['content-type'] === 'application/json' ? 'json' : 'pb'
    return { file: `requests/${String(i + 1).padStart(3, '0')}.${ending}`, path: url, headers }
  })
  await Promise.all(
    requests.map(({ file }, i) => writeFile(path.join(folder, file), received[i]?.body ?? '')),
  )
  await writeFile(path.join(folder, 'requests.json'), JSON.stringify(requests, null, 1))
  await writeFile(path.join(folder, 'expected.json'), JSON.stringify(describeTruth(truth), null, 1))
  console.log(`${agent}/${variant}: ${received.length} requests`)
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node frameworks/otlp/record.ts DIR')
for (const run of RUNS) await record(folder, run)

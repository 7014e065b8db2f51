import { isTelemetry, type Way } from './connect-params.ts'
import { quoteInHeredoc, quoteJs, quoteShell } from './quote.ts'
import type { SnippetValues, Step } from './step.ts'
import { buildTelemetrySteps } from './telemetry-steps.ts'

/** What to paste, from nothing to the first batch. Every block works as it stands. */
export function buildSteps(way: Way, values: SnippetValues): Step[] {
  if (isTelemetry(way)) return buildTelemetrySteps(way, values)
  if (way === 'http') return [sendByCurl(values), sendByPython(values)]
  return [INSTALL, way === 'executor' ? writeExecutor(values) : writeWrapped(values), RUN]
}

const INSTALL: Step = {
  title: 'Install the SDK',
  text: 'It is not on npm yet: pack it in the folder of Parascope, then install the file in the folder of your agent. No dependencies; Node 20 or later.',
  blocks: [
    { caption: 'in the folder of Parascope', code: 'npm run build -w sdk && npm pack -w sdk' },
    {
      caption: 'in the folder of your agent; the path leads to the folder of Parascope',
      code: 'npm install ../parascope/parascope-sdk-*.tgz',
    },
  ],
}

const RUN: Step = {
  title: 'Run it',
  text: 'This page hears of the executor as it connects, and of its batch when it is stored.',
  blocks: [{ caption: 'in the folder of your agent', code: 'node agent.mjs' }],
}

function createScopeCode({ origin, agent, environment }: SnippetValues): string {
  return `import { createParascope } from '@parascope/sdk'

const scope = createParascope({
  url: ${quoteJs(origin)},
  agent: ${quoteJs(agent)},
  environment: ${quoteJs(environment)},
  onDiagnostic: console.warn, // says why something is not sent
})
await scope.ready() // the mode is known: the first batch obeys it already

// Tools that take their time, in place of yours.
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))`
}

const SHUT_DOWN = `// Only a program that ends at once needs this: reports are sent in the background.
await scope.shutdown()`

function writeExecutor(values: SnippetValues): Step {
  return {
    title: 'Hand the calls of a turn to an executor',
    text: 'It runs them in the mode in force and gives back one envelope a call, in order, without ever rejecting. An effect that is not declared counts as a write.',
    blocks: [
      {
        caption: 'agent.mjs',
        code: `${createScopeCode(values)}
const tools = {
  get_order: async ({ id }) => wait(120).then(() => ({ id, total: 40 })),
  get_payment: async ({ id }) => wait(310).then(() => ({ id, paid: true })),
  add_note: async ({ id }) => wait(80).then(() => ({ id, note: 'checked' })),
}

const runBatch = scope.executor({
  run: (call, { signal }) => tools[call.tool](call.args, { signal }),
  concurrency: 6,
  deadlineMs: 2500,
  tools: {
    get_order: { effect: 'read' },
    get_payment: { effect: 'read' },
    add_note: { effect: 'write', resources: ({ id }) => [\`orders/\${id}\`] },
  },
})

// The tool calls that the model emitted in one turn.
const results = await runBatch(
  [
    { callId: 'call_1', tool: 'get_order', args: { id: 1042 } },
    { callId: 'call_2', tool: 'get_payment', args: { id: 1042 } },
    { callId: 'call_3', tool: 'add_note', args: { id: 1042 }, dependsOn: ['call_1'] },
  ],
  { runId: \`run-\${Date.now()}\`, turn: 1 },
)
console.log(results)

${SHUT_DOWN}`,
      },
    ],
  }
}

function writeWrapped(values: SnippetValues): Step {
  return {
    title: 'Wrap the functions that your framework calls',
    text: 'Results and errors stay their own; in parallel mode they start at once. What runs inside a turn is one batch.',
    blocks: [
      {
        caption: 'agent.mjs',
        code: `${createScopeCode(values)}

const getOrder = scope.wrap(async (id) => wait(120).then(() => ({ id, total: 40 })), {
  tool: 'get_order',
  effect: 'read',
})
const getPayment = scope.wrap(async (id) => wait(310).then(() => ({ id, paid: true })), {
  tool: 'get_payment',
  effect: 'read',
})

// One turn of the model; give the wrapped functions to your framework and let it do the calling.
const results = await scope.turn({ runId: \`run-\${Date.now()}\`, turn: 1 }, () =>
  Promise.all([getOrder(1042), getPayment(1042), getOrder(1043)]),
)
console.log(results)

${SHUT_DOWN}`,
      },
    ],
  }
}

function sendByCurl({ origin, agent, environment }: SnippetValues): Step {
  const calls = [
    '{"call_id":"c1","tool":"get_order","outcome":"ok","start_ms":0.4,"duration_ms":118}',
    '{"call_id":"c2","tool":"get_payment","outcome":"ok","start_ms":0.6,"duration_ms":586}',
    '{"call_id":"c3","tool":"get_shipment","outcome":"error","start_ms":0.7,"duration_ms":934}',
  ]
  return {
    title: 'Send a batch from any shell',
    text: 'One batch is all calls of one turn. Times are epoch milliseconds, starts count from started_at, and the answer names what was refused and why.',
    blocks: [
      {
        caption: 'a shell with curl',
        code: `curl -sS ${quoteShell(`${origin}/api/v1/batches`)} \\
  -H 'content-type: application/json' --data-binary @- <<END
{"batches":[{
  "batch_id":"hello-$(date +%s)-$$","run_id":"run-$$","turn":1,
  "agent":${quoteInHeredoc(agent)},"environment":${quoteInHeredoc(environment)},
  "mode":"parallel","started_at":$(date +%s)000,"calls":[
  ${calls.join(',\n  ')}
]}]}
END`,
      },
    ],
  }
}

function sendByPython({ origin, agent, environment }: SnippetValues): Step {
  return {
    title: 'The same from Python',
    text: 'The standard library is enough. Take the clock of started_at from the wall and every duration from a monotonic one.',
    blocks: [
      {
        caption: 'agent.py, to be run with python3',
        code: `import json, time, uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

def timed(call_id, tool, seconds):
    start = time.perf_counter()
    time.sleep(seconds)  # your tool, in place of this
    end = time.perf_counter()
    return {"call_id": call_id, "tool": tool, "effect": "read", "outcome": "ok",
            "start_ms": (start - zero) * 1000, "duration_ms": (end - start) * 1000}

started_at, zero = time.time() * 1000, time.perf_counter()
with ThreadPoolExecutor() as pool:
    calls = list(pool.map(timed, ["c1", "c2"], ["get_order", "get_payment"], [0.12, 0.31]))

batch = {"batch_id": str(uuid.uuid4()), "agent": ${JSON.stringify(agent)},
         "environment": ${JSON.stringify(environment)}, "mode": "parallel",
         "started_at": started_at, "calls": calls}
request = Request(${JSON.stringify(`${origin}/api/v1/batches`)},
                  json.dumps({"batches": [batch]}).encode(), {"content-type": "application/json"})
print(urlopen(request).read().decode())`,
      },
    ],
  }
}

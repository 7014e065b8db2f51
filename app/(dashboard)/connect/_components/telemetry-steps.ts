import type { TelemetryWay } from './connect-params.ts'
import { quoteInHeredoc, quoteJs, quoteShell } from './quote.ts'
import { type Recipe, recipeOf } from './recipes.ts'
import type { SnippetValues, Step } from './step.ts'

/** What to paste so that a framework's own telemetry comes here, from nothing to the first batch. */
export function buildTelemetrySteps(way: TelemetryWay, values: SnippetValues): Step[] {
  if (way === 'otlp')
    return [pointExporter(values), pointCollector(values), readFiles(values), sendTurn(values)]
  const recipe = recipeOf(way, quoteJs(values.agent))
  return [install(recipe), switchOn(recipe), run(values)]
}

function install({ packages }: Recipe): Step {
  return {
    title: 'Install what tells the spans',
    text: 'Nothing of Parascope is installed: it is where the spans go.',
    blocks: [{ caption: 'in the folder of your agent', code: `npm install ${packages.join(' ')}` }],
  }
}

function switchOn({ text, code }: Recipe): Step {
  return {
    title: 'Switch its telemetry on',
    text,
    blocks: [{ caption: 'agent.mjs, before anything else of it', code }],
  }
}

function run(values: SnippetValues): Step {
  return {
    title: 'Run it with its exporter pointed here',
    text: 'A batch is shown as soon as a span of it has come, and is final ten seconds after its last one.',
    blocks: [{ caption: 'a shell', code: `${exporterEnvironment(values).join(' \\\n')} \\\nnode agent.mjs` }],
  }
}

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/, a variable each. */
function exporterEnvironment({ origin, agent, environment }: SnippetValues): string[] {
  const attributes =
    environment === 'default' ? [] : [`deployment.environment.name=${encodeURIComponent(environment)}`]
  return [
    `OTEL_EXPORTER_OTLP_ENDPOINT=${quoteShell(origin)}`,
    'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    `OTEL_SERVICE_NAME=${quoteShell(agent)}`,
    ...attributes.map((attribute) => `OTEL_RESOURCE_ATTRIBUTES=${quoteShell(attribute)}`),
    'OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none',
  ]
}

function pointExporter(values: SnippetValues): Step {
  const lines = exporterEnvironment(values).map((line) => `export ${line}`)
  return {
    title: 'Point any exporter here',
    text: 'Python, Java, Go, .NET: every OpenTelemetry SDK reads these. Python would speak gRPC without the protocol. Instrumentations of the GenAI convention tell which calls a model asked for only with their contents, of which Parascope keeps fingerprints.',
    blocks: [
      {
        caption: 'environment of your agent',
        code: [...lines, 'export OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true'].join('\n'),
      },
    ],
  }
}

function pointCollector({ origin }: SnippetValues): Step {
  return {
    title: 'Or a collector that has the spans already',
    text: 'Spans that tell nothing of agents cost nothing here; a filter of your own keeps them off the wire.',
    blocks: [
      {
        caption: "configuration of OpenTelemetry's collector",
        code: `exporters:
  otlphttp/parascope:
    endpoint: ${JSON.stringify(origin)}

service:
  pipelines:
    traces:
      exporters: [otlphttp/parascope]  # beside those that you have`,
      },
    ],
  }
}

function readFiles({ origin }: SnippetValues): Step {
  return {
    title: 'Or files that were written before',
    text: "OTLP as JSON, as the lines of a collector's file exporter, or as protobuf, gzipped or not; batches that were exported elsewhere, too. What cannot be read is named; to run it again changes nothing.",
    blocks: [
      {
        caption: 'in the folder of Parascope',
        code: `npm run parascope -- import --url ${quoteShell(origin)} traces.jsonl`,
      },
    ],
  }
}

function sendTurn({ origin, agent, environment }: SnippetValues): Step {
  const attribute = (key: string, value: string) =>
    `{"key":"${key}","value":{"stringValue":${quoteInHeredoc(value)}}}`
  const tool = (n: number, name: string, lastsS: number) =>
    `{"traceId":"$trace","spanId":"000000000000000${n + 1}","parentSpanId":"0000000000000001","name":"execute_tool ${name}","startTimeUnixNano":"\${now}000000000","endTimeUnixNano":"$((now + ${lastsS}))000000000","attributes":[
    ${attribute('gen_ai.operation.name', 'execute_tool')},${attribute('gen_ai.tool.name', name)},${attribute('gen_ai.tool.call.id', `call_${n}`)}]}`
  const messages = JSON.stringify([
    {
      role: 'assistant',
      parts: [
        { type: 'tool_call', id: 'call_1', name: 'get_order' },
        { type: 'tool_call', id: 'call_2', name: 'get_payment' },
      ],
    },
  ])
  return {
    title: 'Or try one turn by hand',
    text: 'Three spans by the convention: a model asks for two calls, which run at once.',
    blocks: [
      {
        caption: 'a shell with curl',
        code: `now=$(($(date +%s) - 3)); trace=$(printf '%016x%016x' "$now" "$$")
curl -sS ${quoteShell(`${origin}/v1/traces`)} -H 'content-type: application/json' --data-binary @- <<END
{"resourceSpans":[{"resource":{"attributes":[
  ${attribute('service.name', agent)},${attribute('deployment.environment.name', environment)}]},
"scopeSpans":[{"scope":{"name":"by-hand"},"spans":[
  {"traceId":"$trace","spanId":"0000000000000001","name":"chat","startTimeUnixNano":"$((now - 1))000000000","endTimeUnixNano":"\${now}000000000","attributes":[
    ${attribute('gen_ai.operation.name', 'chat')},${attribute('gen_ai.output.messages', messages)}]},
  ${tool(1, 'get_order', 1)},
  ${tool(2, 'get_payment', 2)}
]}]}]}
END`,
      },
    ],
  }
}

import type { OtlpSpan } from '../otlp/span.ts'
import { countOf, nameOf, readName } from './attributes.ts'
import { type Dialect, type Reading, readModel, readScope, readTool } from './dialect.ts'
import type { Fingerprint } from './fingerprint.ts'
import { firstOf, isFields, tell } from './json.ts'
import { readMessages } from './messages/read-messages.ts'

/** Genkit (JavaScript, Go, Python): `genkit:type`, and `genkit:metadata:subtype` of an action. */
export const genkit: Dialect = {
  name: 'genkit',
  markers: ['genkit:type'],
  claims: ({ attributes }) => readName(attributes, 'genkit:type') !== null,
  read: (span, print) => {
    const { attributes } = span
    const subtype = readName(attributes, 'genkit:metadata:subtype')
    const name = readName(attributes, 'genkit:name')
    if (subtype === 'tool' || subtype === 'tool.v2') {
      return readTool(span, print, {
        tool: name ?? nameOf(span.name),
        nameAttribute: 'genkit:name',
        callId: null,
        args: attributes['genkit:input'],
        result: attributes['genkit:output'],
      })
    }
    if (subtype === 'model') return readGeneration(span, print, name ?? nameOf(span.name))
    const isAgent = subtype === 'flow' || subtype === 'agent'
    return readScope(isAgent, isAgent ? (name ?? nameOf(span.name)) : null)
  },
}

function readGeneration(span: OtlpSpan, print: Fingerprint, model: string | null): Reading {
  const input = tell(span.attributes['genkit:input'])
  const output = tell(span.attributes['genkit:output'])
  const usage = isFields(output) ? firstOf(output, 'usage') : undefined
  const tokens = isFields(usage) ? usage : {}
  return readModel(span, print, {
    model,
    // Models are named `provider/model`.
    provider: model?.includes('/') === true ? nameOf(model.split('/')[0]) : null,
    inputTokens: countOf(firstOf(tokens, 'inputTokens')),
    outputTokens: countOf(firstOf(tokens, 'outputTokens')),
    parameters: isFields(input) ? firstOf(input, 'config') : undefined,
    calls: isFields(output) ? readMessages(output).calls : null,
    history: readMessages(input),
  })
}

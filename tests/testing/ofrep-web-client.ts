import { createInterface } from 'node:readline'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'
import { OpenFeature, type Provider, ProviderEvents } from '@openfeature/web-sdk'

/*
 * A program that uses the stock web provider: `node --experimental-eventsource ofrep-web-client.ts URL CONTEXT
 * OPTIONS`. Writes a line of JSON for each event and a first one with the flags; ends with its input.
 */

const [url = '', context = '{}', options = '{}'] = process.argv.slice(2)
const FLAG = 'parallel-tool-calls'
const client = OpenFeature.getClient()

function tell(event: string): void {
  const { value, reason, variant, errorCode, flagMetadata } = client.getStringDetails(FLAG, 'default')
  const allowed = client.getBooleanValue(`${FLAG}.allowed`, true)
  const tools = client.getObjectValue(`${FLAG}.tools`, {})
  const revision = client.getNumberValue(`${FLAG}.revision`, -1)
  const line = { event, value, reason, variant, errorCode, flagMetadata, allowed, tools, revision }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

await OpenFeature.setContext(JSON.parse(context))
client.addHandler(ProviderEvents.ConfigurationChanged, () => tell('changed'))
client.addHandler(ProviderEvents.Stale, () => tell('stale'))
// Its declarations were made without `exactOptionalPropertyTypes`.
const provider = new OFREPWebProvider({ baseUrl: url, ...JSON.parse(options) }) as Provider
await OpenFeature.setProviderAndWait(provider)
tell('ready')
for await (const line of createInterface({ input: process.stdin })) {
  await OpenFeature.setContext(JSON.parse(line))
  tell('context')
}
await OpenFeature.close()

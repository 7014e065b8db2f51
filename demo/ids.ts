import type { Random } from './random.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A UUIDv7: the first 48 bits are the time, so that ids sort as their batches began. */
export function mintUuidV7(epochMs: number, random: Random): string {
  const time = Math.floor(epochMs).toString(16).padStart(12, '0')
  const variant = (8 + random.int(0, 3)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(random, 3)}-${variant}${hex(random, 3)}-${hex(random, 12)}`
}

/** A run id that sorts by its beginning and says what it is. */
export function mintRunId(epochMs: number, random: Random): string {
  return `run_${Math.floor(epochMs).toString(36)}${base62(random, 6)}`
}

/** A call id in the manner of the provider whose model emitted the call. */
export function mintCallId(provider: string, random: Random): string {
  return provider === 'anthropic' ? `toolu_01${base62(random, 22)}` : `call_${base62(random, 24)}`
}

function hex(random: Random, digits: number): string {
  let text = ''
  for (let index = 0; index < digits; index++) text += random.int(0, 15).toString(16)
  return text
}

function base62(random: Random, length: number): string {
  let text = ''
  for (let index = 0; index < length; index++) text += BASE62[random.int(0, 61)]
  return text
}

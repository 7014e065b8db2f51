import { describe, expect, it } from 'vitest'
import { ConfigurationError, readConfiguration } from './env.ts'

describe('the configuration', () => {
  it('expects one false alarm in about sixteen years of an agent unless told otherwise', () => {
    expect(readConfiguration({}).falseAlarms).toBe(0.005)
    expect(readConfiguration({ PARASCOPE_SENSITIVITY: '0.2' }).falseAlarms).toBe(0.2)
  })

  it('refuses a sensitivity that no threshold could hold', () => {
    for (const value of ['0', '-0.1', '1.1', 'high', '', 'Infinity'])
      expect(() => readConfiguration({ PARASCOPE_SENSITIVITY: value })).toThrow(/PARASCOPE_SENSITIVITY/)
  })

  it('names every variable that is wrong in one error', () => {
    const read = () => readConfiguration({ PORT: '70000', PARASCOPE_SENSITIVITY: '7', HOST: '' })
    expect(read).toThrow(ConfigurationError)
    expect(read).toThrow(/PORT[\s\S]*HOST[\s\S]*PARASCOPE_SENSITIVITY/)
  })
})

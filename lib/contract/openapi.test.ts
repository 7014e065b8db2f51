import { describe, expect, it } from 'vitest'
import { openApiDocument } from './openapi.ts'

const document = openApiDocument()
const text = JSON.stringify(document)

describe('openApiDocument', () => {
  it('refers to nothing that it does not hold', () => {
    const referred = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path as string)
    expect(referred.length).toBeGreaterThan(40)
    for (const path of referred) {
      const target = path
        .split('/')
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document)
      expect(target, path).toBeTypeOf('object')
    }
  })

  it('is plain JSON of its version, with a schema for every answer of 200', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(JSON.parse(text)).toEqual(document)
    for (const methods of Object.values(document.paths)) {
      for (const operation of Object.values(
        methods as Record<string, { responses: Record<string, unknown> }>,
      )) {
        expect(operation.responses.default).toEqual({ $ref: '#/components/responses/Problem' })
        if ('200' in operation.responses) expect(operation.responses['200']).toHaveProperty('content')
      }
    }
  })

  it('declares every parameter of a path', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const { parameters } of Object.values(
        methods as Record<string, { parameters: { in: string; name: string }[] }>,
      )) {
        expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(
          inPath,
        )
      }
    }
  })

  it('says of lists that they may repeat and of numbers that they are numbers', () => {
    const { parameters } = (
      document.paths['/api/v1/batches'] as { get: { parameters: { name: string; schema: unknown }[] } }
    ).get
    const schemaOf = (name: string) => parameters.find((parameter) => parameter.name === name)?.schema
    expect(schemaOf('agent')).toMatchObject({ type: 'array', items: { type: 'string' } })
    expect(schemaOf('mode')).toMatchObject({
      type: 'array',
      items: { enum: ['parallel', 'reads-only', 'serial'] },
    })
    expect(schemaOf('min_wall_ms')).toEqual({ type: 'number' })
    expect(schemaOf('limit')).toMatchObject({ type: 'integer', minimum: 1, maximum: 500 })
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.stop())

const JSON_TYPE = { 'content-type': 'application/json' }

describe('a browser elsewhere', () => {
  const own = () => new URL(server.url).host

  it.each([
    ['PUT', '/api/v1/mode'],
    ['POST', '/api/v1/batches'],
    ['POST', '/api/v1/mode/applied'],
    ['POST', '/api/v1/mode/trigger'],
    ['POST', '/api/v1/rebuild'],
    ['POST', '/api/v1/alerts/any/actions'],
  ])('may not %s %s', async (method, path) => {
    for (const origin of [
      'http://evil.example',
      'null',
      'https://localhost',
      `http://${own()}.evil.example`,
    ]) {
      const headers = { ...JSON_TYPE, origin }
      const answer = await server.client.ask(path, { method, headers, body: '{}' })
      expect([origin, answer.status]).toEqual([origin, 403])
    }
  })

  it('may not change anything with a form', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      '',
    ]) {
      const answer = await server.client.ask('/api/v1/mode', {
        method: 'PUT',
        headers: type === '' ? {} : { 'content-type': type },
        body: '{"revision":0,"rules":[]}',
      })
      expect([type, answer.status]).toEqual([type, 415])
    }
  })

  it('may not reach it by a name of its own', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80']) {
      const answer = await server.client.ask('/api/v1/mode', { headers: { host } })
      expect([host, answer.status]).toEqual([host, 421])
    }
    for (const host of [own(), 'localhost', '127.0.0.1:1', '[::1]:3000']) {
      const answer = await server.client.ask('/api/v1/mode', { headers: { host } })
      expect([host, answer.status]).toEqual([host, 200])
    }
  })

  it('of our own pages may, and so may a program without an origin', async () => {
    const body = JSON.stringify({ batches: [] })
    const origin = `http://${own()}`
    const answers = [
      await server.client.ask('/api/v1/batches', {
        method: 'POST',
        headers: { ...JSON_TYPE, origin, host: own() },
        body,
      }),
      await server.client.postBatches(body),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
  })
})

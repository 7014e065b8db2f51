import http from 'node:http'
import https from 'node:https'
import { onceEnded, type Send } from './http.ts'

/** A connection still being made holds the process even when its socket is unref'd, so it must not last. */
const CONNECT_TIMEOUT_MS = 1_500

// Agents of our own: the sockets of the host's global agent are not ours to unref.
const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) }

/** Through node:http with unref'd sockets, because a held fetch would not let a script exit. */
export const send: Send = (request, handlers) => {
  const { onHead, onText, onEnd } = onceEnded(handlers)
  const { method, url, headers, body } = request
  const secure = url.startsWith('https:')
  const options = { method, headers, agent: secure ? agents.https : agents.http }
  const outgoing = (secure ? https : http).request(url, options, (response) => {
    response.setEncoding('utf8')
    response.on('data', onText)
    response.on('error', onEnd)
    response.on('close', () => onEnd(response.complete ? null : new Error('connection lost')))
    onHead(response.statusCode ?? 0, (name) => response.headers[name]?.toString() ?? null)
  })
  outgoing.on('socket', (socket) => {
    socket.unref()
    if (!socket.connecting) return
    const timer = setTimeout(() => socket.destroy(new Error('connect timed out')), CONNECT_TIMEOUT_MS).unref()
    const clear = () => clearTimeout(timer)
    socket.once('connect', clear).once('close', clear)
  })
  outgoing.on('error', onEnd)
  outgoing.end(body)
  return () => {
    onEnd(new Error('abandoned'))
    outgoing.destroy()
  }
}

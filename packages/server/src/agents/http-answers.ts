import type { IncomingMessage, ServerResponse } from 'node:http'
import { AltoError, agentLinkFailure, type JsonObject } from '@altostack/core'

const maxBodyBytes = 64 * 1024

export function answerJson(response: ServerResponse, status: number, body: JsonObject): void {
  if (response.headersSent) return void response.destroy()
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

/** HTTP numbers of this port; the API's own numbers (530, 531…) mean nothing to an agent. */
const statuses: Readonly<Record<number, number>> = { 400: 400, 401: 403, 429: 429, 431: 409 }

/** Code, seen and fix for the agent's log; nothing of what was not expected. */
export function answerError(response: ServerResponse, error: unknown): void {
  if (error instanceof AltoError) {
    const { code, message, seen, fix } = error
    answerJson(response, statuses[error.api] ?? 403, { code, message, seen, fix })
  } else answerJson(response, 500, { code: 'api.internal', message: 'The server failed; its log has the cause.' })
}

/** The body as JSON; throws AltoError when it is too long or is none. */
export async function readJson(request: IncomingMessage, code: 'agent.join-request'): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > maxBodyBytes) throw agentLinkFailure(code, `The body is larger than ${maxBodyBytes} bytes`)
    chunks.push(chunk as Buffer)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw agentLinkFailure(code, 'The body is not JSON')
  }
}

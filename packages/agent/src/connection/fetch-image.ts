import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { agentPaths } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import type { ImageFetch } from '../host-context.ts'
import { refusal, tlsOptions } from '../trust/https.ts'
import type { Identity } from '../trust/identity.ts'
import { parseServer } from '../trust/server-address.ts'

const silenceMs = 30_000

/** Ranged GET of an image on a connection of its own, so that it never delays a ping; servers are tried in turn. */
export function imageFetch(identity: () => Identity, servers: () => readonly string[]): ImageFetch {
  return async (templateUuid, offset, sink, signal) => {
    let last: unknown = agentFailure('agent.unreachable', 'No management server is connected')
    for (const server of servers()) {
      let taken = 0
      try {
        const response = await open(server, identity(), `${agentPaths.images}/${templateUuid}`, offset, signal)
        if (response.statusCode !== (offset > 0 ? 206 : 200) && response.statusCode !== 206) {
          let text = ''
          for await (const chunk of response) if (text.length < 4096) text += String(chunk)
          throw refusal(response.statusCode ?? 0, text)
        }
        for await (const chunk of response) {
          await sink(chunk as Buffer)
          taken += (chunk as Buffer).length
        }
        if (!response.complete) throw new Error('the connection was cut')
        return taken
      } catch (error) {
        last = error
        // What has been taken moves the offset: the caller goes on from there.
        if (taken > 0 || signal.aborted) throw error
      }
    }
    throw last
  }
}

function open(
  server: string,
  identity: Identity,
  path: string,
  offset: number,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { host, port } = parseServer(server)
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...tlsOptions(server, identity),
        host,
        port,
        path,
        agent: false,
        signal,
        timeout: silenceMs,
        headers: offset > 0 ? { range: `bytes=${offset}-` } : {},
      },
      resolve,
    )
    call.on('timeout', () => call.destroy(new Error(`nothing came for ${silenceMs} ms`)))
    call.on('error', (error) =>
      reject(
        agentFailure('agent.unreachable', `The management server ${server} does not answer`, {
          seen: errorText(error),
          cause: error,
        }),
      ),
    )
    call.end()
  })
}

import { open } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { agentPaths } from '@altostack/agent-api'
import { AltoError, agentFailure, errorText, type Runtime } from '@altostack/core'
import type { ImageSend } from '../host-context.ts'
import { refusal, tlsOptions } from '../trust/https.ts'
import type { Identity } from '../trust/identity.ts'
import { parseServer } from '../trust/server-address.ts'

/** Bytes of one request: each is answered when the server has written it, so a cut costs at most so much. */
const pieceBytes = 8 << 20
const silenceMs = 30_000

/**
 * Sends an image piece by piece to a connected management server, which answers how much it has; so a transfer goes on
 * where it was cut. All pieces go to one server: the others may have another disk.
 */
export function imageSend(runtime: Runtime, identity: () => Identity, servers: () => readonly string[]): ImageSend {
  return async (uuid, path, sizeBytes, progress, signal) => {
    const [server] = servers()
    if (server === undefined) throw agentFailure('agent.unreachable', 'No management server is connected')
    const file = await open(path, 'r')
    try {
      let failures = 0
      let at = await put(server, identity(), uuid, 0, new Uint8Array(0), sizeBytes, signal)
      while (at < sizeBytes) {
        signal.throwIfAborted()
        const piece = Buffer.alloc(Math.min(pieceBytes, sizeBytes - at))
        const { bytesRead } = await file.read(piece, 0, piece.length, at)
        if (bytesRead === 0) throw agentFailure('snapshot.upload', 'The image is shorter than it was')
        try {
          at = await put(server, identity(), uuid, at, piece.subarray(0, bytesRead), sizeBytes, signal)
          failures = 0
          progress(at)
        } catch (error) {
          if (signal.aborted || ++failures > 5 || (error instanceof AltoError && error.code === 'snapshot.upload')) {
            throw error
          }
          await runtime.sleep(500 * 2 ** failures, signal)
          at = await put(server, identity(), uuid, 0, new Uint8Array(0), sizeBytes, signal).catch(() => at)
        }
      }
    } finally {
      await file.close()
    }
  }
}

/** Sends a piece; an empty one only asks. Answers how many bytes the server has. */
function put(
  server: string,
  identity: Identity,
  uuid: string,
  offset: number,
  piece: Uint8Array,
  total: number,
  signal: AbortSignal,
): Promise<number> {
  const { host, port } = parseServer(server)
  return new Promise((resolve, reject) => {
    const unreachable = (error: unknown): void =>
      reject(
        agentFailure('agent.unreachable', `The management server ${server} does not take the image`, {
          seen: errorText(error),
          cause: error,
        }),
      )
    const call = request(
      {
        ...tlsOptions(server, identity),
        host,
        port,
        path: `${agentPaths.uploads}/${uuid}`,
        method: 'PUT',
        agent: false,
        signal,
        timeout: silenceMs,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': piece.length,
          'upload-offset': offset,
          'upload-length': total,
        },
      },
      (response) => answer(response).then(resolve, reject),
    )
    call.on('timeout', () => call.destroy(new Error(`nothing came for ${silenceMs} ms`)))
    call.on('error', unreachable)
    call.end(piece)
  })
}

async function answer(response: IncomingMessage): Promise<number> {
  let text = ''
  for await (const chunk of response) if (text.length < 4096) text += String(chunk)
  if (response.statusCode !== 200) throw refusal(response.statusCode ?? 0, text)
  return Number((JSON.parse(text) as { readonly offset: number }).offset)
}

import type { Socket as UdpSocket } from 'node:dgram'
import type { Server as TcpServer } from 'node:net'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'
import { agentFailure, type Runtime } from '@altostack/core'
import { startWithChannel } from '../../process.ts'
import type { WantedSocket } from './namespace-listener.ts'

/** Another Node has to start first, which takes an emulated host with others' work a minute. */
const waitMs = 180_000

/** Sockets of this process that live in another network namespace, in the order wanted. */
export async function socketsInNamespace(
  runtime: Runtime,
  namespace: string,
  wanted: readonly WantedSocket[],
  signal: AbortSignal,
): Promise<(TcpServer | UdpSocket)[]> {
  const { child, errors } = startWithChannel('ip', ['netns', 'exec', namespace, process.execPath, ...listener(wanted)])
  const got: (TcpServer | UdpSocket)[] = []
  try {
    await new Promise<void>((resolve, reject) => {
      const cancel = runtime.after(waitMs, () => reject(new Error(`no answer within ${waitMs} ms`)))
      const end = (error?: Error): void => {
        cancel()
        error === undefined ? resolve() : reject(error)
      }
      signal.addEventListener('abort', () => end(new Error('called off')), { once: true })
      child.on('error', end)
      child.on('exit', (code, signal) => end(new Error(`${errors() || 'ended'} (${code ?? signal})`)))
      child.on('message', (_message, handle) => {
        got.push(handle as TcpServer | UdpSocket)
        if (got.length === wanted.length) end()
      })
    })
    return got
  } catch (error) {
    for (const socket of got) socket.close()
    // One that still starts would go on for nothing.
    child.kill('SIGKILL')
    throw agentFailure('network.metadata', `No socket could be opened in ${namespace}`, {
      seen: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  } finally {
    if (child.connected) child.disconnect()
    else child.kill('SIGKILL')
  }
}

/** The agent is one file where it is installed, and a tree of sources elsewhere. */
function listener(wanted: readonly WantedSocket[]): string[] {
  const asked = JSON.stringify(wanted)
  if (isSea()) return ['namespace-listener', asked]
  return [fileURLToPath(new URL('namespace-listener.ts', import.meta.url)), asked]
}

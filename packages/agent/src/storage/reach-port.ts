import { createConnection } from 'node:net'
import type { Runtime } from '@altostack/core'

/** `open`; `refused`: the server answers, and not on this port; `silent`: nobody answers, or there is no way. */
export type Reach = { readonly state: 'open' | 'refused' | 'silent'; readonly seen: string }

/** Tries a TCP port of a storage server, so that a dead one costs this long and no mount or login that hangs. */
export function reachPort(runtime: Runtime, address: string, port: number, timeoutMs = 5000): Promise<Reach> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port })
    const end = (state: Reach['state'], seen: string): void => {
      cancel()
      socket.destroy()
      resolve({ state, seen })
    }
    const cancel = runtime.after(timeoutMs, () => end('silent', `no answer of ${address}:${port} in ${timeoutMs} ms`))
    socket.on('connect', () => end('open', `${address}:${port} is open`))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' ? 'refused' : 'silent', error.message),
    )
  })
}

import { connect } from 'node:net'
import type { Runtime } from '@altostack/core'
import { parseServer, parseServerList } from '../trust/server-address.ts'
import { type Check, failed, passed } from './check.ts'

const limitMs = 5000

/** Undefined when a TCP connection came about, else what was seen. */
export function tryPort(runtime: Runtime, server: string): Promise<string | undefined> {
  const { host, port } = parseServer(server)
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (seen: string | undefined): void => {
      cancel()
      socket.destroy()
      resolve(seen)
    }
    const cancel = runtime.after(limitMs, () => end(`no answer within ${limitMs} ms`))
    socket.once('connect', () => end(undefined))
    socket.once('error', (error) => end(error.message))
  })
}

export const serverPortCheck: Check = {
  name: 'server-port',
  async run({ runtime, settings }) {
    const servers = parseServerList(settings.get('host') ?? '', Number(settings.get('port')))
    if (servers.length === 0) return failed('server-port', 'fail', 'no management server in agent.properties (host=)')
    const seen = await Promise.all(servers.map(async (server) => ({ server, trouble: await tryPort(runtime, server) })))
    const text = seen.map(({ server, trouble }) => `${server}: ${trouble ?? 'reached'}`).join(', ')
    const bad = seen.filter(({ trouble }) => trouble !== undefined).length
    if (bad === 0) return passed('server-port', text)
    return failed('server-port', bad === seen.length ? 'fail' : 'warn', text)
  },
}

import { complaint, failed, type HostCheck, passed } from './host-check.ts'

/** bash opens TCP connections by itself: nothing has to be installed for it. Fixed text; address and port are arguments. */
const script = 'exec 3<>"/dev/tcp/$0/$1"'

export const serverPortCheck: HostCheck = {
  name: 'server-port',
  args: ({ server }) => ['timeout', '3', 'bash', '-c', script, server.host, String(server.port)],
  judge(end, { server }) {
    const where = `${server.host}:${server.port}`
    if (end.code === 0) return passed('server-port', `${where} answers`)
    const seen = end.code === 124 ? `${where} does not answer within 3 s` : `${where}: ${complaint(end)}`
    const fix = `Open TCP ${server.port} from the host to the management server (iptables, nftables); see setting host.`
    return failed('server-port', 'check.server-port', seen, fix)
  },
}

import { defineCheck, fail, linesOf, ok, warn } from './define-check.ts'

/** bash opens TCP connections by itself: nothing has to be installed for it. A line for each: host, port, code, words. */
const script = [
  'for one in "$@"; do (',
  'host=${one% *}; port=${one##* }',
  `out=$(timeout \${ALTO_WAIT:-3} bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>&1); code=$?`,
  'echo "$host $port $code $out" | head -n 1',
  ') & done; wait',
].join('\n')

export const serverPortCheck = defineCheck({
  name: 'server-port',
  proves: 'The agent port (8250) of the management servers answers the host.',
  code: 'check.server-port',
  at: ['join', 'doctor'],
  seenBy: 'host',
  timeoutMs: 4500,
  args: ({ servers }) => ['bash', '-c', script, 'probe', ...servers.map(({ host, port }) => `${host} ${port}`)],
  judge(end, { servers }, { patience = 1 }) {
    if (servers.length === 0) return fail('no management server is known: agent.properties has no host=')
    const words = linesOf(end).map((line) => line.split(' '))
    const troubles = servers.flatMap(({ host, port }) => {
      const [, , code = '', ...said] = words.find(([a, b]) => a === host && b === String(port)) ?? []
      if (code === '0') return []
      const what = code === '124' || code === '' ? `does not answer within ${3 * patience} s` : said.join(' ').trim()
      return [`${host}:${port} ${what.includes('refused') ? `refuses (${what})` : what}`]
    })
    if (troubles.length === 0) return ok(`${servers.map(({ host, port }) => `${host}:${port}`).join(', ')} answers`)
    const port = servers[0]?.port ?? 8250
    const fix = `Open TCP ${port} from the host to the management server (iptables, nftables; check firewall names rules); see setting host.`
    return troubles.length === servers.length ? fail(troubles.join('; '), fix) : warn(troubles.join('; '), fix)
  },
})

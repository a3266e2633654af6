import { complaint, defineCheck, fail, linesOf, ok } from './define-check.ts'
import { command, defineRepair, script } from './define-repair.ts'

const socket = 'libvirtd-tls.socket'
const look = [
  'PATH=$PATH:/usr/sbin:/sbin',
  `grep -qs '^ *alto.libvirt.tls *= *false' "$1" && { echo off; exit 0; }`,
  `echo "port $(ss -Hltn 'sport = :16514' 2>&1 | head -n 1)"`,
  `systemctl show ${socket} -p LoadState`,
].join('\n')

export const migrationPortCheck = defineCheck({
  name: 'migration-port',
  proves: 'libvirt listens on 16514, where other hosts send their guests.',
  code: 'vm.migration-port',
  at: ['doctor'],
  seenBy: 'host',
  repair: 'migration-port',
  args: ({ joined, files }) => (joined ? ['sh', '-c', look, 'check', files.config] : undefined),
  judge(end) {
    const lines = linesOf(end)
    if (lines[0] === 'off') return ok('not asked for: alto.libvirt.tls=false in agent.properties')
    const port = lines.find((line) => line.startsWith('port'))
    if (port === undefined) return fail(complaint(end))
    const listener = /LISTEN\s+\d+\s+\d+\s+(\S+)/.exec(port)?.[1]
    return listener === undefined
      ? fail(`nobody listens on 16514: ${port.slice(5) || socket}`)
      : ok(`${listener} is open`)
  },
})

const others = ['libvirtd.socket', 'libvirtd-ro.socket', 'libvirtd-admin.socket']

export const migrationPortRepair = defineRepair({
  name: 'migration-port',
  does: `Starts ${socket}, for which libvirtd stops for a moment; guests are not touched.`,
  safe: true,
  restorable: false,
  read: ({ files }) => script(look, [files.config]),
  plan: (state) => {
    const silent = /^port\s*$/m.test(state) && /^LoadState=loaded$/m.test(state)
    return silent ? [{ what: 'port 16514', before: 'closed', after: `open (${socket})` }] : []
  },
  // The socket can only be started while the service is down, and a client of the others would bring that back.
  apply: () => [
    command(['systemctl', 'stop', 'libvirtd.service', ...others], { timeoutMs: 30_000 }),
    command(['systemctl', 'reset-failed', socket], { optional: true }),
    command(['systemctl', 'enable', socket], { optional: true }),
    command(['systemctl', 'start', socket], { optional: true, timeoutMs: 20_000 }),
    command(['systemctl', 'start', ...others], { timeoutMs: 20_000 }),
    command(['systemctl', 'start', 'libvirtd.service'], { timeoutMs: 30_000 }),
    script(`ss -Hltn 'sport = :16514' | grep -q LISTEN`),
  ],
  restore: () => [],
})

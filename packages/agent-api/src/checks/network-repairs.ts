import { command, defineRepair, script } from './define-repair.ts'
import { guardRules, guardTable, unguardRules } from './guard.ts'
import { isShort, type Ring, readRings, ringBuffersCheck } from './ring-buffers.ts'

export const clockRepair = defineRepair({
  name: 'clock',
  does: 'Lets chrony step the clock at once; nothing where chrony is not installed.',
  safe: true,
  restorable: false,
  read: () => script('command -v chronyc > /dev/null && chronyc -c tracking; true'),
  plan: (state) => {
    const offset = state.split(',')[4]
    return offset === undefined
      ? []
      : [{ what: 'clock', before: `${offset} s off by chrony`, after: 'stepped (chronyc makestep)' }]
  },
  apply: () => [command(['chronyc', 'makestep'])],
  restore: () => [],
})

const readPorts = [
  'echo "$1 $(cat "/sys/class/net/$1/flags" 2>/dev/null)"',
  'for port in /sys/class/net/$1/brif/*; do test -e "$port" || continue; name=$(basename "$port")',
  'case $name in vnet*|tap*|macvtap*) continue;; esac; echo "$name $(cat "/sys/class/net/$name/flags")"; done',
].join('\n')

export const uplinkRepair = defineRepair({
  name: 'uplink',
  does: 'Sets the management bridge and its NICs up (ip link set … up).',
  safe: true,
  restorable: true,
  read: ({ bridges }) => script(readPorts, [bridges[0] ?? '']),
  plan: (state) => downLinks(state).map((name) => ({ what: name, before: 'down', after: 'up' })),
  apply: (state) => downLinks(state).map((name) => command(['ip', 'link', 'set', name, 'up'])),
  restore: (state) => downLinks(state).map((name) => command(['ip', 'link', 'set', name, 'down'])),
})

/** Links that somebody set down: without IFF_UP. */
function downLinks(state: string): string[] {
  return state.split('\n').flatMap((line) => {
    const [name = '', flags] = line.trim().split(' ')
    return name !== '' && flags !== undefined && (Number(flags) & 1) === 0 ? [name] : []
  })
}

export const selinuxNfsRepair = defineRepair({
  name: 'selinux-nfs',
  does: 'setsebool -P virt_use_nfs 1; SELinux stays on.',
  safe: true,
  restorable: true,
  read: () => script('getsebool virt_use_nfs 2>/dev/null; true'),
  plan: (state) => (state.includes('--> off') ? [{ what: 'virt_use_nfs', before: 'off', after: 'on' }] : []),
  apply: () => [command(['setsebool', '-P', 'virt_use_nfs', '1'], { timeoutMs: 60_000 })],
  restore: () => [command(['setsebool', '-P', 'virt_use_nfs', '0'], { timeoutMs: 60_000 })],
})

const ruleFile = (nic: string): string => `/etc/udev/rules.d/71-altostack-ring-${nic}.rules`
const ethtool = 'PATH=$PATH:/usr/sbin:/sbin; ethtool -G "$1" rx "$2" tx "$3"'
const wanted = (ring: Ring): { rx: number; tx: number } => ({ rx: ring.rxMax, tx: ring.txMax })

export const ringBuffersRepair = defineRepair({
  name: 'ring-buffers',
  does: 'ethtool -G to the most that the NIC has, kept over a boot by a udev rule.',
  safe: true,
  restorable: true,
  read: (subject) => command(ringBuffersCheck.args?.(subject) ?? ['true']),
  plan: (state) =>
    shortRings(state).map((ring) => ({
      what: `${ring.nic} rings`,
      before: `rx ${ring.rx} tx ${ring.tx}`,
      after: `rx ${wanted(ring).rx} tx ${wanted(ring).tx}, also after a boot (${ruleFile(ring.nic)})`,
    })),
  apply: (state) =>
    shortRings(state).flatMap((ring) => {
      const { rx, tx } = wanted(ring)
      const rule = `# Written by alto doctor --fix; alto host restore removes it.\nACTION=="add", SUBSYSTEM=="net", KERNEL=="${ring.nic}", RUN+="/bin/sh -c 'PATH=$$PATH:/usr/sbin:/sbin; ethtool -G ${ring.nic} rx ${rx} tx ${tx}'"\n`
      return [
        // 80: the ring has these values already.
        script(`${ethtool} || test $? = 80`, [ring.nic, String(rx), String(tx)]),
        script('mkdir -p /etc/udev/rules.d; cat > "$1"', [ruleFile(ring.nic)], rule),
      ]
    }),
  restore: (state) =>
    shortRings(state).flatMap((ring) => [
      script(`${ethtool} || test $? = 80`, [ring.nic, String(ring.rx), String(ring.tx)]),
      command(['rm', '-f', ruleFile(ring.nic)]),
    ]),
})

function shortRings(state: string): Ring[] {
  return readRings(state).filter((ring) => isShort(ring) && /^[A-Za-z0-9_.-]+$/.test(ring.nic))
}

/** Own addresses, one a line, then the table as it is. */
const readGuard = `PATH=$PATH:/usr/sbin:/sbin; ip -o address show | awk '{ sub("/.*", "", $4); print "own", $4 }'; nft list table inet "$1" 2>/dev/null; true`

export const guardRepair = defineRepair({
  name: 'guard',
  does: 'Writes the nftables table that guards the ports of the host again.',
  safe: true,
  restorable: true,
  read: ({ hostUuid }) => script(readGuard, [guardTable(hostUuid ?? '')]),
  plan: (state, { guard, hostUuid }) =>
    guard === undefined || hostUuid === undefined
      ? []
      : [
          {
            what: `nftables table inet ${guardTable(hostUuid)}`,
            before: state.includes('chain input') ? 'other addresses' : 'absent',
            after: `open to ${guard.length} addresses`,
          },
        ],
  apply: (state, { guard, guardPeers, hostUuid, servers }) => {
    if (guard === undefined || hostUuid === undefined) return []
    const own = new Set(state.split('\n').flatMap((line) => (/^own (\S+)$/.exec(line) ?? []).slice(1)))
    const isServer = servers.some(({ host }) => own.has(host))
    const addresses = { friends: guard, ...(guardPeers === undefined ? {} : { peers: guardPeers }), isServer }
    return [command(['nft', '-f', '-'], { input: guardRules(hostUuid, addresses) })]
  },
  restore: (state, { hostUuid }) =>
    hostUuid === undefined || state.includes('chain input')
      ? []
      : [command(['nft', '-f', '-'], { input: unguardRules(hostUuid) })],
})

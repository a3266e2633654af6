import { defineCheck, fail, linesOf, ok, shell, type Verdict, warn, worst } from './define-check.ts'

/** IP and ICMP headers. */
const headers = 28
const smaller = [1472, 1422, 1372, 1252, 548, 56] as const

/**
 * One do-not-fragment ping of the full size; only where it is lost, smaller ones tell how far it goes. A line for each
 * that came back: target and payload.
 */
const script = [
  'command -v ping > /dev/null || exit 127',
  'echo "local $(cat "/sys/class/net/$1/mtu" 2>/dev/null)"; size=$2; sizes=$3; shift 3',
  'try() { ping -n -q -M do -c 1 -W 1 -s "$2" "$1" > /dev/null 2>&1 && echo "$1 $2"; }',
  'for one in "$@"; do (',
  'try "$one" "$size" || try "$one" "$size" ||',
  'for less in $sizes; do test "$less" -lt "$size" && try "$one" "$less" & done; wait',
  ') & done; wait',
].join('\n')

export const mtuCheck = defineCheck({
  name: 'mtu',
  proves: 'A do-not-fragment packet of the size that the encapsulation needs reaches the servers and the other hosts.',
  code: 'check.mtu',
  at: ['doctor'],
  seenBy: 'host',
  timeoutMs: 4500,
  args: (subject) => {
    const targets = mtuTargets(subject)
    if (targets.length === 0) return undefined
    return shell(
      script,
      subject.bridges[0] ?? '',
      String(subject.underlayMtu - headers),
      smaller.join(' '),
      ...targets.map(({ address }) => address),
    )
  },
  judge(end, subject) {
    if (end.code === 127) return warn('ping is not installed', 'apt-get install iputils-ping.')
    const lines = linesOf(end).map((line) => line.trim().split(' '))
    const local = lines.find(([word]) => word === 'local')?.[1] ?? '?'
    const wanted = subject.underlayMtu - headers
    const verdicts = mtuTargets(subject).map(({ name, address }): Verdict => {
      const sizes = lines.filter(([target]) => target === address).map(([, size]) => Number(size))
      const largest = Math.max(0, ...sizes)
      if (largest >= wanted) return ok(`${name}: ${subject.underlayMtu} bytes`)
      if (largest === 0)
        return warn(
          `${name} (${address}) does not answer ping`,
          'Look whether it runs and lets ICMP through; without ping a too small MTU stays unseen.',
        )
      return fail(
        `${name} (${address}): packets of ${subject.underlayMtu} bytes are lost, the largest that passes is ${largest + headers}; MTU of ${subject.bridges[0] ?? 'the bridge'} is ${local}`,
        `Raise the MTU on the way (NIC, bridge, switch ports) to ${subject.underlayMtu}: ip link set NIC mtu ${subject.underlayMtu}, and in the configuration; try ping -M do -s ${wanted} ${address}.`,
      )
    })
    return worst(verdicts, 'nobody to ping')
  },
})

/** The servers and up to eight other hosts: a small packet each. */
function mtuTargets(subject: {
  readonly servers: readonly { readonly host: string }[]
  readonly peers: readonly { readonly name: string; readonly address: string }[]
}): { name: string; address: string }[] {
  const servers = subject.servers.map(({ host }) => ({ name: 'management server', address: host }))
  return [...servers, ...subject.peers.slice(0, 8)].map(({ name, address }) => ({ name, address }))
}

import { defineCheck, fail, linesOf, ok, shell, warn } from './define-check.ts'

/** Ports of the bridge: name, operstate, carrier, mtu; then the bridge's own state and addresses. */
const script = [
  'for port in /sys/class/net/$1/brif/*; do test -e "$port" || continue; name=$(basename "$port")',
  'at=/sys/class/net/$name',
  'echo "port $name $(cat $at/operstate) $(cat $at/carrier 2>/dev/null || echo 0) $(cat $at/mtu)"; done',
  'echo "bridge $(cat /sys/class/net/$1/operstate 2>/dev/null) $(cat /sys/class/net/$1/mtu 2>/dev/null)"',
].join('\n')

export type BridgePort = {
  readonly name: string
  readonly state: string
  readonly carrier: boolean
  readonly mtu: number
}

/** Reads the script's lines; taps of guests are left out. */
export function uplinkPorts(text: string): BridgePort[] {
  return text.split('\n').flatMap((line) => {
    const [word, name = '', state = '', carrier, mtu] = line.trim().split(' ')
    if (word !== 'port' || /^(vnet|tap|macvtap|fwln|vb-|ve-)/.test(name)) return []
    return [{ name, state, carrier: carrier === '1', mtu: Number(mtu) }]
  })
}

export const uplinkCheck = defineCheck({
  name: 'uplink',
  proves: 'The management bridge has a NIC as its port, with a cable that carries.',
  code: 'check.uplink',
  at: ['join', 'doctor'],
  seenBy: 'host',
  repair: 'uplink',
  args: ({ bridges }) => shell(script, bridges[0] ?? ''),
  judge(end, { bridges }) {
    const name = bridges[0] ?? ''
    const state =
      linesOf(end)
        .find((line) => line.startsWith('bridge '))
        ?.split(' ')[1] ?? ''
    if (state === '') return fail(`there is no ${name}`, 'See check bridge.')
    const ports = uplinkPorts(end.stdout)
    const told = ports.map((port) => `${port.name} ${port.state}${port.carrier ? '' : ', no carrier'}`).join('; ')
    if (ports.length === 0) {
      return warn(
        `${name} has no NIC as its port: guests reach this host only`,
        `ip link set NIC master ${name}, and in the configuration; \`alto host bridge\` does both. A NAT bridge is meant to have none.`,
      )
    }
    if (!ports.some((port) => port.carrier && port.state !== 'down')) return fail(`${name}: ${told}`)
    const dead = ports.filter((port) => !port.carrier || port.state === 'down')
    return dead.length === 0 ? ok(`${name}: ${told}`) : warn(`${name}: ${told}`)
  },
})

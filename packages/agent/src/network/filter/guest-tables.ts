import type { NicSpec, SecurityGroup } from '@altostack/agent-api'
import { serviceAddress, serviceMac } from '../service-address.ts'
import type { RuleChain, RuleMap, RuleSet, RuleTable } from './rule-table.ts'
import { groupRules, groupSetName, permits } from './security-rules.ts'
import { spoofRules } from './spoof-rules.ts'
import { tapName } from './tap-name.ts'

/** One NIC of a guest of this host. */
export type GuestNic = {
  readonly nic: NicSpec
  readonly instanceName: string
  /** 1 to 32767: the guest's half of a packet mark. */
  readonly index: number
}
/** How this kernel follows connections between ports of a bridge. */
export type Tracking = 'bridge' | 'br_netfilter'

export type FilterInput = {
  /** Hex digits; tables of several agents on one machine differ by it. */
  readonly shortId: string
  readonly nics: readonly GuestNic[]
  readonly groups: ReadonlyMap<string, SecurityGroup>
  /** Ports of bridges behind which the host's services for guests answer. */
  readonly servicePorts: readonly string[]
  /** Addresses of hosts, this one's among them or not: no guest may reach them. */
  readonly protectedAddresses: readonly string[]
  readonly tracking: Tracking
}

/** Mark of whatever comes from a guest, so that the host's own input chain knows it. */
const fromGuest = 0x8000_0000

/**
 * Our two tables. `bridge`: what a tap may send, the services, and which guests a frame is from and to (as a mark).
 * `inet`: what guests may ask of the host itself, and security groups wherever packets are routed, or bridged on a
 * kernel that follows connections there only.
 */
export function guestTables(input: FilterInput): { readonly bridge: RuleTable; readonly inet: RuleTable } {
  const name = `alto_${input.shortId}`
  const nics = input.nics.toSorted((a, b) => a.index - b.index)
  const guarded = nics.filter(({ nic }) => nic.securityGroups !== undefined && nic.addresses !== undefined)
  const security = securityPart(guarded, input)
  const inBridge = input.tracking === 'bridge' ? security : undefined
  return {
    bridge: {
      family: 'bridge',
      name,
      sets: { ...bridgeSets(nics, guarded, input), ...inBridge?.sets },
      maps: {
        from_tap: { type: 'ifname : verdict', elements: byTap(nics, (one) => `jump from_${one.index}`) },
        mark_from: { type: 'ifname : verdict', elements: byTap(guarded, (one) => `jump mark_from_${one.index}`) },
        mark_to: { type: 'ifname : verdict', elements: byTap(guarded, (one) => `jump mark_to_${one.index}`) },
        ...inBridge?.maps,
      },
      chains: {
        ...perNicChains(nics, guarded),
        ...bridgeChains,
        ...inBridge?.chains,
        ...(inBridge === undefined ? {} : securityHooks(-100, 'guarded')),
      },
    },
    inet: {
      family: 'inet',
      name,
      sets: {
        // Marks of guests of another agent on this machine are not for these rules.
        bridges: { type: 'ifname', elements: [...new Set(nics.map(({ nic }) => `"${nic.bridge}"`))].toSorted() },
        gateways: { type: 'ipv4_addr', elements: gateways(nics) },
        ...security.sets,
      },
      maps: {
        ...security.maps,
        routed: {
          type: 'ifname . ipv4_addr : verdict',
          elements: Object.fromEntries(
            guarded.flatMap((one) =>
              (one.nic.addresses ?? []).map((address) => [
                `"${one.nic.bridge}" . ${address}`,
                security.maps.ingress?.elements[mark(one.index)] ?? 'accept',
              ]),
            ),
          ),
        },
      },
      chains: {
        ...security.chains,
        from_guest: {
          rules: [
            'ct state established,related accept',
            'ip daddr @gateways icmp type echo-request limit rate 100/second accept',
            'drop',
          ],
        },
        input: {
          hook: 'type filter hook input priority -10; policy accept',
          rules: [`iifname @bridges meta mark & ${fromGuest} == ${fromGuest} jump from_guest`],
        },
        ...securityHooks(-10, 'bridges', 'oifname . ip daddr vmap @routed'),
      },
    },
  }
}

function bridgeSets(
  nics: readonly GuestNic[],
  guarded: readonly GuestNic[],
  input: FilterInput,
): Record<string, RuleSet> {
  const taps = (list: readonly GuestNic[]): RuleSet => ({ type: 'ifname', elements: list.map(quotedTap) })
  return {
    taps: taps(nics),
    guarded: taps(guarded),
    /** NICs whose addresses this host gives. */
    served: taps(nics.filter(({ nic }) => nic.dhcp !== undefined)),
    service: { type: 'ifname', elements: input.servicePorts.map((port) => `"${port}"`) },
    hosts: { type: 'ipv4_addr', elements: [...new Set(input.protectedAddresses)].toSorted() },
  }
}

const bridgeChains: Readonly<Record<string, RuleChain>> = {
  prerouting: {
    hook: 'type filter hook prerouting priority -300; policy accept',
    rules: [
      // Before the bridge learns who is where: nobody else is the service. By the ports' common name, since another agent of
      // this machine has its own.
      `iifname != "agp*" ether saddr ${serviceMac} drop`,
      'iifname vmap @from_tap',
    ],
  },
  input: {
    hook: 'type filter hook input priority -200; policy accept',
    rules: [
      'iifname @taps meta mark set 0',
      'iifname vmap @mark_from',
      `iifname @taps meta mark set meta mark | ${fromGuest}`,
    ],
  },
  forward: {
    hook: 'type filter hook forward priority -300; policy accept',
    rules: [
      'oifname @service jump to_service',
      'iifname @service oifname != @taps drop',
      'iifname @service ether type ip6 drop',
      'iifname @service accept',
      `iifname @taps ether daddr ${serviceMac} drop`,
      `iifname @taps ether type arp arp daddr ip ${serviceAddress} drop`,
      // Guests whose addresses this host gives ask nobody else and are answered by nobody else.
      'iifname @served ether type ip udp sport 68 udp dport 67 drop',
      'oifname @served ether type ip udp sport 67 udp dport 68 drop',
      'iifname @taps ether type ip ip daddr @hosts drop',
      // IPv6 has no addresses here that a group could name.
      'iifname @guarded ether type ip6 drop',
      'oifname @guarded ether type ip6 drop',
      'iifname @guarded meta mark set 0',
      'oifname @guarded meta mark set 0',
      'iifname vmap @mark_from',
      'oifname vmap @mark_to',
    ],
  },
  to_service: {
    rules: [
      'iifname != @taps drop',
      'ether type arp accept',
      `ether type ip ip daddr ${serviceAddress} accept`,
      'ether type ip ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept',
      'drop',
    ],
  },
}

function perNicChains(nics: readonly GuestNic[], guarded: readonly GuestNic[]): Record<string, RuleChain> {
  const chains: Record<string, RuleChain> = {}
  for (const one of nics) chains[`from_${one.index}`] = { rules: spoofRules(one.nic) }
  for (const one of guarded) {
    chains[`mark_from_${one.index}`] = { rules: [`meta mark set meta mark | ${one.index << 16}`] }
    chains[`mark_to_${one.index}`] = { rules: [`meta mark set meta mark | ${one.index}`] }
  }
  return chains
}

/**
 * Two base chains, so that what egress allows still has to pass the other guest's ingress. `own` is the set of what is
 * this agent's: taps where frames are bridged, bridges where packets are routed.
 */
function securityHooks(priority: number, own: string, routed?: string): Record<string, RuleChain> {
  const hook = (at: number): string => `type filter hook forward priority ${at}; policy accept`
  return {
    leaving: {
      hook: hook(priority - 1),
      rules: ['ct state established,related accept', `iifname @${own} meta mark & 0x7fff0000 vmap @egress`],
    },
    entering: {
      hook: hook(priority),
      rules: [
        'ct state established,related accept',
        `oifname @${own} meta mark & 0x7fff vmap @ingress`,
        ...(routed === undefined ? [] : [routed]),
      ],
    },
  }
}

type SecurityPart = {
  readonly sets: Record<string, RuleSet>
  readonly maps: { readonly ingress: RuleMap; readonly egress: RuleMap }
  readonly chains: Record<string, RuleChain>
}

/** A chain for each group on each network, one for each NIC that jumps to its groups', and the groups' members as sets. */
function securityPart(guarded: readonly GuestNic[], input: FilterInput): SecurityPart {
  const sets: Record<string, RuleSet> = {}
  const chains: Record<string, RuleChain> = {}
  const ingress: Record<string, string> = {}
  const egress: Record<string, string> = {}
  for (const { nic, index } of guarded) {
    const network = nic.networkUuid ?? nic.dhcp?.networkUuid ?? ''
    const groups = (nic.securityGroups ?? []).flatMap((uuid) => input.groups.get(uuid) ?? [])
    for (const group of groups) {
      for (const direction of ['ingress', 'egress'] as const) {
        const name = chainName(group.uuid, network, direction)
        if (chains[name] !== undefined) continue
        chains[name] = { rules: groupRules(group, direction, network) }
        for (const remote of new Set(group[direction].flatMap((rule) => rule.group ?? []))) {
          const members = input.groups.get(remote)?.members.find((one) => one.networkUuid === network)
          const elements = [...new Set(members?.addresses)].toSorted()
          sets[groupSetName(remote, network)] = { type: 'ipv4_addr', elements }
        }
      }
    }
    const jumps = (direction: 'ingress' | 'egress'): RuleChain => ({
      rules: [
        ...new Set(
          groups
            .filter((one) => permits(one, direction))
            .map((one) => `jump ${chainName(one.uuid, network, direction)}`),
        ),
        'drop',
      ],
    })
    chains[`to_${index}`] = jumps('ingress')
    ingress[mark(index)] = `jump to_${index}`
    // Without any egress rule everything may leave; with one, only what the rules name.
    if (groups.some((one) => permits(one, 'egress'))) {
      chains[`out_${index}`] = jumps('egress')
      egress[mark(index << 16)] = `jump out_${index}`
    }
  }
  const type = 'mark : verdict'
  return { sets, chains, maps: { ingress: { type, elements: ingress }, egress: { type, elements: egress } } }
}

function chainName(group: string, network: string, direction: 'ingress' | 'egress'): string {
  return `${groupSetName(group, network)}_${direction}`
}

function gateways(nics: readonly GuestNic[]): string[] {
  return [...new Set(nics.flatMap(({ nic }) => nic.dhcp?.gateway ?? []))].toSorted()
}

function byTap(nics: readonly GuestNic[], verdict: (nic: GuestNic) => string): Record<string, string> {
  return Object.fromEntries(nics.map((one) => [quotedTap(one), verdict(one)]))
}

function quotedTap({ nic }: GuestNic): string {
  return `"${tapName(nic.nicUuid)}"`
}

function mark(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}

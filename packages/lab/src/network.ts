import { labFailure } from './errors.ts'
import type { LabNames } from './names.ts'
import { execute, run } from './run.ts'
import { chooseSubnet, cidrRange, serverAddress, takenRanges } from './subnet.ts'

/** Routes and addresses of the machine as ranges that a new subnet must not touch. */
async function rangesInUse(): Promise<ReturnType<typeof takenRanges>> {
  const [routes, addresses] = await Promise.all([
    run(['ip', '-j', '-4', 'route', 'show', 'table', 'all']),
    run(['ip', '-j', '-4', 'address']),
  ])
  return takenRanges(JSON.parse(routes || '[]'), JSON.parse(addresses || '[]'))
}

/**
 * Makes the lab's bridge with the server's address, or repairs it. `wanted` is the subnet of an earlier run.
 * Gives the subnet. The wire carries no guest traffic of others: it is made here, and nothing else is touched.
 */
export async function ensureBridge(names: LabNames, wanted: string | undefined): Promise<string> {
  if (!(await linkExists(names.bridge))) {
    const made = await execute(['ip', 'link', 'add', names.bridge, 'type', 'bridge', 'forward_delay', '0'])
    if (made.code !== 0) {
      throw labFailure('lab.kernel', `The bridge ${names.bridge} cannot be made`, { seen: made.stderr.trim() })
    }
  }
  const present = await bridgeSubnet(names.bridge)
  const taken = await rangesInUse()
  const subnet = present ?? (wanted && isFree(wanted, taken) ? wanted : chooseSubnet(names.id, taken))
  if (present === undefined) {
    await run(['ip', 'address', 'add', `${serverAddress(subnet)}/24`, 'dev', names.bridge])
  }
  await run(['ip', 'link', 'set', names.bridge, 'up'])
  return subnet
}

function isFree(prefix: string, taken: ReturnType<typeof takenRanges>): boolean {
  const range = cidrRange(`${prefix}.0/24`)
  return range !== undefined && !taken.some((other) => other.first <= range.last && range.first <= other.last)
}

async function bridgeSubnet(bridge: string): Promise<string | undefined> {
  const links = JSON.parse((await run(['ip', '-j', '-4', 'address', 'show', 'dev', bridge])) || '[]') as {
    addr_info?: { local?: string }[]
  }[]
  const address = links.flatMap((link) => link.addr_info ?? [])[0]?.local
  return address?.replace(/\.\d+$/, '')
}

/** Removes the lab's bridge and cuts. Cables go with their hosts. */
export async function removeNetwork(names: LabNames): Promise<void> {
  await removeCuts(names)
  if (await linkExists(names.bridge)) await run(['ip', 'link', 'delete', names.bridge])
}

/** Drops what `from` sends to `to` on the wire (IPv4 addresses), until `removeCuts`. One way only. */
export async function addCut(names: LabNames, from: string, to: string): Promise<void> {
  const chains = ['forward', 'input', 'output'] as const
  const lines = [`add table bridge ${names.nftTable}`]
  for (const chain of chains) {
    const place = `bridge ${names.nftTable} ${chain}`
    lines.push(`add chain ${place} { type filter hook ${chain} priority -200; }`)
    lines.push(`add rule ${place} ether type ip ip saddr ${from} ip daddr ${to} drop`)
    lines.push(`add rule ${place} ether type arp arp saddr ip ${from} arp daddr ip ${to} drop`)
  }
  await run(['nft', '-f', '-'], { input: `${lines.join('\n')}\n` })
}

/** Heals all cuts between addresses. */
export async function removeCuts(names: LabNames): Promise<void> {
  // "destroy" is newer than Debian 12's nft; adding first makes the delete succeed in any case.
  const input = `add table bridge ${names.nftTable}\ndelete table bridge ${names.nftTable}\n`
  await run(['nft', '-f', '-'], { input })
}

/** Pulls or plugs a cable. */
export async function setCable(cable: string, plugged: boolean): Promise<void> {
  await run(['ip', 'link', 'set', cable, plugged ? 'up' : 'down'])
}

export async function linkExists(name: string): Promise<boolean> {
  return (await execute(['ip', 'link', 'show', 'dev', name])).code === 0
}

/** Removes a link that this lab made and that outlived its host. */
export async function removeLink(name: string): Promise<void> {
  if (await linkExists(name)) await execute(['ip', 'link', 'delete', name])
}

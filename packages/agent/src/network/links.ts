import { existsSync, readdirSync } from 'node:fs'
import type { Runtime } from '@altostack/core'
import { z } from 'zod'
import { readText } from '../facts/machine.ts'
import { run } from '../process.ts'
import { isServicePort } from './service-space.ts'

const answer = z.array(
  z.object({
    ifname: z.string().optional(),
    mtu: z.number().optional(),
    /** The interface below a VLAN or VXLAN one. */
    link: z.string().optional(),
    master: z.string().optional(),
    linkinfo: z
      .object({
        info_kind: z.string().optional(),
        info_data: z
          .object({ id: z.number().optional(), group: z.string().optional(), local: z.string().optional() })
          .optional(),
      })
      .optional(),
  }),
)

export type Link = {
  readonly name: string
  readonly mtu: number
  readonly kind: string | undefined
  readonly below: string | undefined
  readonly master: string | undefined
  readonly id: number | undefined
  readonly group: string | undefined
}

const timeoutMs = 10_000

/** One interface as the kernel has it; undefined: there is none of that name. */
export async function readLink(runtime: Runtime, name: string): Promise<Link | undefined> {
  if (!existsSync(`/sys/class/net/${name}`)) return undefined
  const { code, stdout } = await run('ip', ['-details', '-json', 'link', 'show', 'dev', name], {
    runtime,
    timeoutMs,
    accept: [0, 1],
  })
  if (code !== 0) return undefined
  const [found] = answer.parse(JSON.parse(stdout))
  if (found?.ifname === undefined) return undefined
  return {
    name: found.ifname,
    mtu: found.mtu ?? 0,
    kind: found.linkinfo?.info_kind,
    below: found.link,
    master: found.master,
    id: found.linkinfo?.info_data?.id,
    group: found.linkinfo?.info_data?.group,
  }
}

/** `ip` with these arguments. Rejects with `agent.program`. */
export async function ip(runtime: Runtime, ...args: readonly string[]): Promise<void> {
  await run('ip', args, { runtime, timeoutMs })
}

/**
 * Keeps a bridge's MTU when a port with a smaller one joins: a bridge whose MTU nobody has set takes the smallest of its
 * ports', so that one guest would lower the host's own. Setting what is there counts for nothing: hence the detour.
 */
export async function pinMtu(runtime: Runtime, bridge: string, mtu: number): Promise<void> {
  await ip(runtime, 'link', 'set', 'dev', bridge, 'mtu', `${mtu + 1}`)
  await ip(runtime, 'link', 'set', 'dev', bridge, 'mtu', `${mtu}`)
}

/** Ports of a bridge; none when it is no bridge. */
export function bridgePorts(bridge: string): string[] {
  try {
    return readdirSync(`/sys/class/net/${bridge}/brif`).toSorted()
  } catch {
    return []
  }
}

/** A guest's interface as the host sees it. */
export function isTap(name: string): boolean {
  return existsSync(`/sys/class/net/${name}/tun_flags`)
}

/**
 * The port by which a bridge reaches the outside: a network card, bond, team or VLAN of one before anything else, in the
 * order of names. An interface that is no bridge is its own uplink.
 */
export function uplinkOf(name: string): string | undefined {
  if (!existsSync(`/sys/class/net/${name}/bridge`)) return existsSync(`/sys/class/net/${name}`) ? name : undefined
  const ports = bridgePorts(name).filter(
    (port) => !isTap(port) && !isServicePort(port) && !/^(vxlan\d+|al2[0-9a-f]{8})$/.test(port),
  )
  return ports.find(isCard) ?? ports[0]
}

function isCard(name: string): boolean {
  if (existsSync(`/sys/class/net/${name}/device`)) return true
  const type = /^DEVTYPE=(\w+)$/m.exec(readText(`/sys/class/net/${name}/uevent`) ?? '')?.[1]
  return type === 'bond' || type === 'vlan' || type === 'team' || /^team\d/.test(name)
}

const floodMac = '00:00:00:00:00:00'
const fdb = z.array(z.object({ mac: z.string().optional(), dst: z.string().optional() }))

/** Where frames of a VXLAN go whose place is not known: these hosts, no others. */
export async function setFloodList(runtime: Runtime, device: string, wanted: readonly string[]): Promise<void> {
  const { stdout } = await run('bridge', ['-json', 'fdb', 'show', 'dev', device], { runtime, timeoutMs })
  const present = fdb
    .parse(JSON.parse(stdout.trim() === '' ? '[]' : stdout))
    .flatMap((entry) => (entry.mac === floodMac && entry.dst !== undefined ? [entry.dst] : []))
  for (const peer of wanted) {
    if (present.includes(peer)) continue
    await run('bridge', ['fdb', 'append', floodMac, 'dev', device, 'dst', peer], { runtime, timeoutMs })
  }
  for (const peer of present) {
    if (wanted.includes(peer)) continue
    await run('bridge', ['fdb', 'del', floodMac, 'dev', device, 'dst', peer], { runtime, timeoutMs })
  }
}

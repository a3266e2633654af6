import { existsSync, readdirSync } from 'node:fs'
import type { Runtime } from '@altostack/core'
import { z } from 'zod'
import { run } from '../process.ts'
import { ip } from './links.ts'

export type Station = { readonly address: string; readonly mac: string }
type Answer = { readonly address: string; readonly shared: boolean; readonly seen: string }

const prefix = 'alto-l2-'
const timeoutMs = 10_000
/** Calls of the same station follow each other: the last one that was opened stays. */
const openings = new Map<string, number>()

function names({ mac }: Station): { readonly space: string; readonly port: string } {
  const tail = mac.replaceAll(':', '').slice(-8)
  return { space: `${prefix}${tail}`, port: `al2${tail}` }
}

/**
 * A network namespace with one cable into the bridge, an address of the link-local range and a MAC of its own: its kernel
 * answers ARP there. It has no route and no way to the host. Answers how to remove it.
 */
export async function openStation(runtime: Runtime, bridge: string, station: Station): Promise<() => Promise<void>> {
  const { space, port } = names(station)
  await removeStation(runtime, space, port)
  const opening = (openings.get(space) ?? 0) + 1
  openings.set(space, opening)
  await ip(runtime, 'netns', 'add', space)
  await ip(runtime, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space)
  await ip(runtime, '-n', space, 'link', 'set', 'eth0', 'address', station.mac, 'up')
  await ip(runtime, '-n', space, 'address', 'add', `${station.address}/16`, 'dev', 'eth0')
  await ip(runtime, 'link', 'set', port, 'master', bridge, 'up')
  return async () => {
    if (openings.get(space) === opening) await removeStation(runtime, space, port)
  }
}

async function removeStation(runtime: Runtime, space: string, port: string): Promise<void> {
  if (existsSync(`/sys/class/net/${port}`)) {
    await run('ip', ['link', 'del', port], { runtime, timeoutMs, accept: [0, 1, 2] })
  }
  if (existsSync(`/run/netns/${space}`)) {
    await run('ip', ['netns', 'del', space], { runtime, timeoutMs, accept: [0, 1, 2] })
  }
}

/** Stations that a killed agent left. */
export async function removeStations(runtime: Runtime): Promise<void> {
  const left = existsSync('/run/netns') ? readdirSync('/run/netns').filter((name) => name.startsWith(prefix)) : []
  for (const space of left) await removeStation(runtime, space, `al2${space.slice(prefix.length)}`)
}

/** Who answers ARP from the own station. A ping makes the kernel ask; whether it comes back itself does not matter. */
export async function askStations(runtime: Runtime, own: Station, others: readonly Station[]): Promise<Answer[]> {
  const { space } = names(own)
  return await Promise.all(
    others.map(async (other) => {
      await run('ip', ['netns', 'exec', space, 'ping', '-n', '-q', '-c', '3', '-i', '1', '-W', '1', other.address], {
        runtime,
        timeoutMs,
        accept: [0, 1, 2],
      })
      const mac = await neighbour(runtime, space, other.address)
      const seen = mac === undefined ? 'no answer to ARP in 3 s' : `${other.address} is at ${mac}`
      return { address: other.address, shared: mac === other.mac, seen }
    }),
  )
}

const neighbours = z.array(z.object({ dst: z.string(), lladdr: z.string().optional() }))

async function neighbour(runtime: Runtime, space: string, address: string): Promise<string | undefined> {
  const args = ['-n', space, '-json', 'neighbour', 'show', address, 'dev', 'eth0']
  const { stdout } = await run('ip', args, { runtime, timeoutMs })
  return neighbours.parse(JSON.parse(stdout.trim() === '' ? '[]' : stdout))[0]?.lladdr
}

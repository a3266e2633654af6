import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Runtime } from '@altostack/core'
import { run } from '../process.ts'
import { serviceAddress, serviceMac } from './service-address.ts'

/**
 * The network namespace in which the services for the guests of one bridge answer, and its cable into the bridge. Nothing
 * of the host can be reached through it: it forwards nothing and has no other interface.
 */
export type ServiceSpace = { readonly name: string; readonly port: string }

export function serviceSpace(shortId: string, bridge: string): ServiceSpace {
  const hash = createHash('sha256').update(`${shortId}/${bridge}`).digest('hex').slice(0, 10)
  return { name: `alto-${shortId}-${bridge}`, port: `agp${hash}` }
}

export function isServicePort(name: string): boolean {
  return /^agp[0-9a-f]{10}$/.test(name)
}

/** The address that every host's port has, which must not become the bridge's own. */
const portMac = 'fe:a9:fe:a9:fe:fe'

/** Makes what is missing; answers whether anything was. */
export async function ensureServiceSpace(runtime: Runtime, space: ServiceSpace, bridge: string): Promise<boolean> {
  const ip = async (...args: string[]): Promise<void> => void (await run('ip', args, { runtime, timeoutMs: 10_000 }))
  const whole =
    existsSync(`/run/netns/${space.name}`) &&
    existsSync(`/sys/class/net/${space.port}/brport`) &&
    (await isSetUp(runtime, space))
  if (whole) return false
  await removeServiceSpace(runtime, space)
  await ip('netns', 'add', space.name)
  // A bridge takes the smallest MTU of its ports.
  const mtu = readFileSync(`/sys/class/net/${bridge}/mtu`, 'utf8').trim()
  await ip(
    'link',
    'add',
    space.port,
    'mtu',
    mtu,
    'address',
    portMac,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    space.name,
  )
  const inside = async (...args: string[]): Promise<void> => await ip('-n', space.name, ...args)
  // A new namespace may inherit that it forwards: guests would reach each other past their groups. By a /proc of its own:
  // in a container that of the host cannot be written.
  const own = ['unshare', '--pid', '--fork', '--mount-proc', 'tee', '/proc/sys/net/ipv4/ip_forward']
  await run('ip', ['netns', 'exec', space.name, ...own], {
    runtime,
    timeoutMs: 10_000,
    input: '0\n',
  })
  await inside('link', 'set', 'lo', 'up')
  await inside('link', 'set', 'eth0', 'address', serviceMac, 'up')
  await inside('address', 'add', `${serviceAddress}/32`, 'dev', 'eth0')
  // Every guest is on the cable, whatever its subnet.
  await inside('route', 'add', 'default', 'dev', 'eth0', 'src', serviceAddress)
  await ip('link', 'set', space.port, 'master', bridge, 'up')
  return true
}

async function isSetUp(runtime: Runtime, { name }: ServiceSpace): Promise<boolean> {
  const { code, stdout } = await run('ip', ['-n', name, 'route', 'show', 'default'], {
    runtime,
    timeoutMs: 10_000,
    accept: [0, 1, 255],
  })
  return code === 0 && stdout.includes('dev eth0')
}

export async function removeServiceSpace(runtime: Runtime, { name, port }: ServiceSpace): Promise<void> {
  if (existsSync(`/sys/class/net/${port}`)) {
    await run('ip', ['link', 'delete', port], { runtime, timeoutMs: 10_000, accept: [0, 1, 2] })
  }
  if (existsSync(`/run/netns/${name}`)) {
    await run('ip', ['netns', 'delete', name], { runtime, timeoutMs: 10_000, accept: [0, 1, 2] })
  }
}

import { hostname, networkInterfaces } from 'node:os'
import type { ServerContext } from '../context.ts'
import type { SubjectNames } from './ca/index.ts'

/** Addresses of this machine that are not loopback or link-local, IPv4 first. */
export function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const usable = all.filter((one) => !one.internal && !one.address.startsWith('fe80:')).map((one) => one.address)
  return [...usable.filter((one) => !one.includes(':')), ...usable.filter((one) => one.includes(':'))]
}

/** Names that the certificate of this server carries. */
export function certificateNames(bind: string, extra: readonly string[]): SubjectNames {
  const bound = isAnyAddress(bind) ? [] : [bind]
  const names = extra.filter((name) => !isAddress(name))
  return {
    dns: [hostname(), 'localhost', 'cloudstack.internal', ...names],
    addresses: ['127.0.0.1', '::1', ...bound, ...ownAddresses(), ...extra.filter(isAddress)],
  }
}

function isAnyAddress(bind: string): boolean {
  return bind === '0.0.0.0' || bind === '::'
}

function isAddress(name: string): boolean {
  return /^[0-9.]+$/.test(name) || name.includes(':')
}

/**
 * `host:port` of the management servers as hosts shall dial them: the setting `host` where an admin has written it, else
 * the address that the host is known to reach (`seenAs`), else what the listener is bound to: at another address of this
 * machine another server may answer.
 */
export async function advertisedServers(
  ctx: ServerContext,
  bind: string,
  port: number,
  seenAs?: string,
): Promise<string[]> {
  const setting = (await ctx.config.text('host'))
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'localhost')
  if (setting.length > 0) return setting.map((name) => withPort(name, port))
  if (seenAs !== undefined) return [withPort(seenAs, port)]
  const own = isAnyAddress(bind) ? ownAddresses() : [bind]
  return (own.length > 0 ? own : ['127.0.0.1']).map((address) => withPort(address, port))
}

/** `name` with a port: kept when it has one, IPv6 in brackets. */
export function withPort(name: string, port: number): string {
  if (name.startsWith('[')) return /\]:\d+$/.test(name) ? name : `${name}:${port}`
  if (name.split(':').length > 2) return `[${name}]:${port}`
  return name.includes(':') ? name : `${name}:${port}`
}

import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { ServerContext } from '../context.ts'

/** Networks as a list that addresses are looked up in; parts that are no networks are left out. */
export function networkList(text: string): BlockList {
  const list = new BlockList()
  for (const part of text.split(',').map((item) => item.trim())) {
    const [address, bits] = part.split('/')
    if (!address) continue
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined
    const length = bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits)
    if (family && Number.isInteger(length) && length >= 0 && length <= (family === 'ipv4' ? 32 : 128)) {
      list.addSubnet(address, length, family)
    }
  }
  return list
}

export function inNetworks(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:/, '')
  return isIPv4(plain) ? list.check(plain, 'ipv4') : isIPv6(plain) && list.check(plain, 'ipv6')
}

/**
 * The address of the client: the socket's, or what a proxy of proxy.cidr says when proxy.header.verify is on: the last
 * address in the header that is not itself a trusted proxy.
 */
export async function clientAddress(ctx: ServerContext, request: FastifyRequest): Promise<string> {
  const direct = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  if (!(await ctx.config.flag('proxy.header.verify'))) return direct
  const proxies = networkList(await ctx.config.text('proxy.cidr'))
  if (!inNetworks(proxies, direct)) return direct
  for (const name of (await ctx.config.text('proxy.header.names')).split(',')) {
    const value = request.headers[name.trim().toLowerCase()]
    const named = (typeof value === 'string' ? value : '').split(',').map((item) => item.trim())
    const client = named
      .reverse()
      .find((address) => (isIPv4(address) || isIPv6(address)) && !inNetworks(proxies, address))
    if (client) return client
  }
  return direct
}

import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import type { DomainRef } from '@altostack/libvirt'
import type { Libvirt } from '../libvirt/libvirt.ts'
import { vncPort } from '../vm/read-domain.ts'
import { parseXml } from '../xml/parse-xml.ts'

const connectMs = 5000

/** A connection to the VNC server of a guest that runs here; its door is still closed. */
export async function connectScreen(libvirt: Libvirt, domain: DomainRef): Promise<Socket> {
  const port = vncPort(parseXml(await libvirt.use((client) => client.domain.getXmlDesc(domain))))
  if (port === undefined) throw new Error('the guest has no VNC server')
  const socket = createConnection({ host: '127.0.0.1', port, timeout: connectMs, noDelay: true })
  try {
    const late = once(socket, 'timeout').then(() => Promise.reject(new Error(`port ${port} does not answer`)))
    await Promise.race([once(socket, 'connect'), late])
    late.catch(() => {})
    socket.setTimeout(0)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

import { Duplex } from 'node:stream'
import { errorText } from '@altostack/core'
import { DomainConsoleFlags, type DomainRef, type LibvirtStream } from '@altostack/libvirt'
import type { Libvirt } from '../libvirt/libvirt.ts'

/**
 * A guest's serial line as a stream of bytes, by libvirt and on a connection of its own, which ends with it. Whoever was
 * on the line before is taken off it: a viewer that vanished must not block it.
 */
export async function openSerialLine(libvirt: Libvirt, domain: DomainRef): Promise<Duplex> {
  const opened = Promise.withResolvers<Duplex>()
  const held = libvirt.useOwn(async (client) => {
    const { stream } = await client.callStream('domainOpenConsole', {
      dom: domain,
      devName: null,
      flags: DomainConsoleFlags.FORCE,
    })
    const closed = Promise.withResolvers<void>()
    opened.resolve(duplexOf(stream, closed.resolve))
    await closed.promise
  })
  held.catch(opened.reject)
  return await opened.promise
}

function duplexOf(stream: LibvirtStream, closed: () => void): Duplex {
  const chunks = stream[Symbol.asyncIterator]()
  return new Duplex({
    read() {
      chunks.next().then(
        ({ value, done }) => this.push(done === true ? null : value),
        (error: unknown) => this.destroy(new Error(errorText(error))),
      )
    },
    write(chunk: Buffer, _encoding, done) {
      stream.write(chunk).then(() => done(), done)
    },
    destroy(error, done) {
      stream
        .abort()
        .catch(() => {})
        .finally(() => {
          closed()
          done(error)
        })
    },
  })
}

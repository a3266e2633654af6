import type { Readable } from 'node:stream'

/** Takes bytes off a stream in the sizes that a protocol asks for; what is left over stays in the stream. */
export type ByteReader = {
  /** Rejects when the stream ends before there are so many. */
  readonly take: (count: number) => Promise<Buffer>
}

export function byteReader(stream: Readable): ByteReader {
  return {
    async take(count) {
      if (count === 0) return Buffer.alloc(0)
      for (;;) {
        const bytes = stream.read(count) as Buffer | null
        // At its end a stream hands out what is left.
        if (bytes !== null && bytes.length === count) return bytes
        if (bytes !== null || stream.readableEnded || stream.destroyed) throw new Error('the connection ended early')
        await readable(stream)
      }
    },
  }
}

function readable(stream: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      stream.off('readable', more)
      stream.off('error', settle)
      stream.off('close', gone)
      if (error === undefined) resolve()
      else reject(error)
    }
    const more = (): void => settle()
    const gone = (): void => settle(new Error('the connection was closed'))
    stream.once('readable', more)
    stream.once('error', settle)
    stream.once('close', gone)
  })
}

import { ConnectionLostError, type LibvirtClientError, LibvirtError, ProtocolError } from '../errors.ts'
import {
  VIR_NET_CONTINUE,
  VIR_NET_ERROR,
  VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX,
  VIR_NET_OK,
  VIR_NET_STREAM,
} from '../generated/constants.ts'
import { netMessageError } from '../generated/types.ts'
import { decode } from '../xdr/codec.ts'
import { encodeStreamData, type Header, type Message } from './message.ts'

/** Bytes that may wait for a slow reader before the stream is given up: other calls share the connection. */
const readAheadMax = 64 * 1024 * 1024
const empty = new Uint8Array(0)

export interface StreamPort {
  readonly procedure: string
  readonly header: Omit<Header, 'type' | 'status'>
  /** Resolves when the socket takes more. */
  send(frame: Buffer): Promise<void>
  forget(): void
}

/**
 * The byte stream that belongs to a call such as `domainScreenshot` (read it with `for await`) or
 * `storageVolUpload` (write, then finish). Ends with the daemon's own word: an error of the daemon is a LibvirtError.
 */
export class LibvirtStream implements AsyncIterable<Uint8Array> {
  readonly #port: StreamPort
  readonly #received: Uint8Array[] = []
  #receivedBytes = 0
  #endOfData = false
  #state: 'open' | 'finishing' | 'done' = 'open'
  #error: Error | undefined
  #wakeUps: (() => void)[] = []

  constructor(port: StreamPort) {
    this.#port = port
  }

  /** Sends bytes; waits while the socket is full. */
  async write(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length; at += VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX) {
      this.#check()
      await this.#send(VIR_NET_CONTINUE, data.subarray(at, at + VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX))
    }
  }

  /** Says that all was sent or read and waits until the daemon agrees: only then the data has arrived. */
  async finish(): Promise<void> {
    this.#check()
    this.#state = 'finishing'
    await this.#send(VIR_NET_OK, empty)
    while ((this.#state as string) !== 'done') await this.#wait()
    if (this.#error) throw this.#error
  }

  /** Gives the stream up on both sides. */
  async abort(): Promise<void> {
    if (this.#state === 'done') return
    await this.#send(VIR_NET_ERROR, empty)
    this.#end(new ConnectionLostError('the stream was aborted', this.#port.procedure, true))
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    let complete = false
    try {
      for (;;) {
        const chunk = this.#received.shift()
        if (chunk) {
          this.#receivedBytes -= chunk.length
          yield chunk
        } else if (this.#error) {
          throw this.#error
        } else if (this.#endOfData) {
          complete = true
          await this.finish()
          return
        } else if (this.#state === 'done') {
          complete = true
          return
        } else {
          await this.#wait()
        }
      }
    } finally {
      if (!complete && !this.#error) await this.abort()
    }
  }

  /** Reads everything. Throws above `maxBytes`. */
  async readAll(maxBytes = readAheadMax): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of this) {
      size += chunk.length
      if (size > maxBytes) throw new ProtocolError(`${this.#port.procedure}: the stream is above ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks, size)
  }

  /** For the connection: a message of this stream. */
  take({ header, payload }: Message): void {
    if (header.type !== VIR_NET_STREAM) {
      this.#giveUp(new ProtocolError(`${this.#port.procedure}: the daemon sent a hole, which was not asked for`))
    } else if (header.status === VIR_NET_ERROR) {
      this.#end(this.#readError(payload))
    } else if (header.status === VIR_NET_OK) {
      this.#end(undefined)
    } else if (payload.length === 0) {
      this.#endOfData = true
      this.#wake()
    } else {
      this.#receivedBytes += payload.length
      if (this.#receivedBytes > readAheadMax) {
        const size = `${readAheadMax} bytes`
        this.#giveUp(new ProtocolError(`${this.#port.procedure}: more than ${size} wait for a reader that is too slow`))
        return
      }
      this.#received.push(new Uint8Array(payload))
      this.#wake()
    }
  }

  /** For the connection: it ended. */
  lost(error: Error): void {
    this.#end(error)
  }

  #readError(payload: Buffer): Error {
    try {
      return new LibvirtError(this.#port.procedure, decode(netMessageError, payload))
    } catch (cause) {
      return new ProtocolError(`${this.#port.procedure}: the stream's error record is unreadable`, { cause })
    }
  }

  #giveUp(error: LibvirtClientError): void {
    this.#send(VIR_NET_ERROR, empty).catch(() => undefined)
    this.#end(error)
  }

  #send(status: number, data: Uint8Array): Promise<void> {
    return this.#port.send(encodeStreamData({ ...this.#port.header, type: VIR_NET_STREAM, status }, data))
  }

  #check(): void {
    if (this.#error) throw this.#error
    if (this.#state !== 'open') throw new ProtocolError(`${this.#port.procedure}: the stream is finished`)
  }

  #end(error: Error | undefined): void {
    if (this.#state === 'done') return
    this.#state = 'done'
    this.#error = error
    this.#port.forget()
    this.#wake()
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => this.#wakeUps.push(resolve))
  }

  #wake(): void {
    const wakeUps = this.#wakeUps
    this.#wakeUps = []
    for (const wakeUp of wakeUps) wakeUp()
  }
}

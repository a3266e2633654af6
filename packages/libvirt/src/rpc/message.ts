import { ProtocolError } from '../errors.ts'
import {
  VIR_NET_CALL,
  VIR_NET_CONTINUE,
  VIR_NET_ERROR,
  VIR_NET_MESSAGE,
  VIR_NET_MESSAGE_HEADER_MAX,
  VIR_NET_MESSAGE_LEN_MAX,
  VIR_NET_MESSAGE_MAX,
  VIR_NET_OK,
  VIR_NET_REPLY,
  VIR_NET_REPLY_WITH_FDS,
  VIR_NET_STREAM,
  VIR_NET_STREAM_HOLE,
} from '../generated/constants.ts'
import type { Codec } from '../xdr/codec.ts'
import { XdrWriter } from '../xdr/writer.ts'

export interface Header {
  readonly program: number
  readonly version: number
  readonly procedure: number
  readonly type: number
  readonly serial: number
  readonly status: number
}

export interface Message {
  readonly header: Header
  readonly payload: Buffer
}

const smallestFrame = VIR_NET_MESSAGE_LEN_MAX + VIR_NET_MESSAGE_HEADER_MAX
export const largestFrame = VIR_NET_MESSAGE_LEN_MAX + VIR_NET_MESSAGE_MAX
const knownTypes: ReadonlySet<number> = new Set([
  VIR_NET_CALL,
  VIR_NET_REPLY,
  VIR_NET_MESSAGE,
  VIR_NET_STREAM,
  VIR_NET_REPLY_WITH_FDS,
  VIR_NET_STREAM_HOLE,
])
const knownStatuses: ReadonlySet<number> = new Set([VIR_NET_OK, VIR_NET_ERROR, VIR_NET_CONTINUE])

/** One whole frame: the length word (which counts itself), the header, the payload. Throws XdrError on a bad value. */
export function encodeMessage<T>(header: Header, codec: Codec<T>, value: T): Buffer {
  const to = startFrame(header, smallestFrame + Math.max(codec.minBytes, 100))
  codec.write(to, value)
  to.patchUint(0, to.offset)
  return to.finish()
}

/** One frame of a stream: raw bytes after the header, no length of their own. */
export function encodeStreamData(header: Header, data: Uint8Array): Buffer {
  const to = startFrame(header, smallestFrame + data.length)
  to.raw(data)
  to.patchUint(0, to.offset)
  return to.finish()
}

function startFrame(header: Header, size: number): XdrWriter {
  const to = new XdrWriter(largestFrame, size)
  to.uint(0)
  to.uint(header.program)
  to.uint(header.version)
  to.int(header.procedure)
  to.int(header.type)
  to.uint(header.serial)
  to.int(header.status)
  return to
}

/** Splits a frame (length word included) into header and payload. Throws ProtocolError. */
export function decodeMessage(frame: Buffer): Message {
  const header: Header = {
    program: frame.readUInt32BE(4),
    version: frame.readUInt32BE(8),
    procedure: frame.readInt32BE(12),
    type: frame.readInt32BE(16),
    serial: frame.readUInt32BE(20),
    status: frame.readInt32BE(24),
  }
  if (!knownTypes.has(header.type)) throw new ProtocolError(`a message has the unknown type ${header.type}`)
  if (!knownStatuses.has(header.status)) throw new ProtocolError(`a message has the unknown status ${header.status}`)
  return { header, payload: frame.subarray(smallestFrame) }
}

/** Cuts a byte stream into frames. Holds at most one incomplete frame, whose announced length is checked first. */
export class Framer {
  #chunks: Buffer[] = []
  #held = 0

  /** Bytes of an incomplete frame that wait for the rest. */
  get held(): number {
    return this.#held
  }

  /** Takes what arrived and returns the frames that are complete. Throws ProtocolError on an impossible length. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    const frames: Buffer[] = []
    for (;;) {
      const size = this.#nextSize()
      if (size === undefined || this.#held < size) return frames
      const all = this.#joined()
      frames.push(all.subarray(0, size))
      this.#chunks = size === all.length ? [] : [all.subarray(size)]
      this.#held -= size
    }
  }

  #nextSize(): number | undefined {
    if (this.#held < VIR_NET_MESSAGE_LEN_MAX) return undefined
    const first = this.#chunks[0]!
    const size = (first.length >= VIR_NET_MESSAGE_LEN_MAX ? first : this.#joined()).readUInt32BE(0)
    if (size < smallestFrame || size > largestFrame) {
      throw new ProtocolError(`a message announces ${size} bytes; ${smallestFrame} to ${largestFrame} are possible`)
    }
    return size
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks, this.#held)]
    return this.#chunks[0]!
  }
}

import { imageHeaderBytes, readImageHeader } from '../src/template/image-header.ts'

/** Feeds `inputs` mutated headers to the check; throws with seed and input when it throws, answers nonsense or hangs. */
export async function fuzz(inputs: number, seed: number): Promise<{ inputs: number; accepted: number }> {
  const random = xorshift(seed)
  let accepted = 0
  for (let at = 0; at < inputs; at++) {
    const bytes = imageBytes(random)
    let answer: ReturnType<typeof readImageHeader>
    try {
      answer = readImageHeader(bytes)
    } catch (error) {
      const begin = Buffer.from(bytes.subarray(0, 128)).toString('hex')
      throw new Error(`seed ${seed}, input ${at}: ${begin}`, { cause: error })
    }
    if (answer.format === 'qcow2') {
      accepted++
      if (!Number.isSafeInteger(answer.virtualSize) || answer.virtualSize <= 0) {
        throw new Error(`seed ${seed}, input ${at}: a disk of ${answer.virtualSize} bytes was accepted`)
      }
    }
    if (at % 4096 === 4095) await new Promise((resolve) => setImmediate(resolve))
  }
  return { inputs, accepted }
}

/** The same mutated headers, for whoever feeds them to the sandboxed qemu-img. */
export function imageBytes(random: () => number): Uint8Array {
  const length = random() % 16 === 0 ? random() % 700 : 512 + (random() % 1024)
  const bytes = new Uint8Array(Math.min(length, imageHeaderBytes))
  if (random() % 8 === 0) {
    for (let at = 0; at < bytes.length; at++) bytes[at] = random() & 255
    return bytes
  }
  bytes.set(goodHeader().subarray(0, bytes.length))
  for (let flips = random() % 8; flips > 0; flips--) {
    const at = random() % 4 === 0 ? random() % bytes.length : random() % Math.min(160, bytes.length)
    bytes[at] = random() % 2 === 0 ? random() & 255 : (bytes[at] ?? 0) ^ (1 << (random() % 8))
  }
  return bytes
}

/** A version 3 header of a 64 MiB disk with 64 KiB clusters, without extensions. */
function goodHeader(): Uint8Array {
  const bytes = new Uint8Array(512)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x51_46_49_fb)
  view.setUint32(4, 3)
  view.setUint32(20, 16)
  view.setBigUint64(24, 64n * 1024n * 1024n)
  view.setUint32(36, 1)
  view.setBigUint64(40, 0x3_0000n)
  view.setBigUint64(48, 0x1_0000n)
  view.setUint32(56, 1)
  view.setUint32(96, 4)
  view.setUint32(100, 112)
  return bytes
}

function xorshift(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}

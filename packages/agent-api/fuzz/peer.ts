import { systemRuntime } from '@altostack/core'
import { createPeer } from '../src/peer.ts'
import { methods } from '../src/registry.ts'

/** Feeds `inputs` broken, truncated and random frames to an agent-side peer; throws with the seed and frame on a crash. */
export async function fuzz(inputs: number, seed: number): Promise<{ inputs: number; answered: number }> {
  const random = xorshift(seed)
  let answered = 0
  const peer = createPeer({
    role: 'agent',
    runtime: systemRuntime(),
    handlers: { 'host.facts': () => ({}) as never, 'vm.list': () => ({ domains: [] }) },
    send: (text) => {
      JSON.parse(text)
      answered++
    },
  })
  let rejected: unknown
  const onRejection = (reason: unknown): void => {
    rejected ??= reason ?? new Error('rejected')
  }
  process.on('unhandledRejection', onRejection)
  try {
    for (let at = 0; at < inputs; at++) {
      const text = frame(random)
      try {
        peer.receive(text)
      } catch (error) {
        throw new Error(`seed ${seed}, input ${at}: ${JSON.stringify(text)}`, { cause: error })
      }
      if (at % 64 === 63) await new Promise((resolve) => setImmediate(resolve))
      if (rejected !== undefined) throw new Error(`seed ${seed}, near input ${at}`, { cause: rejected })
    }
    await new Promise((resolve) => setImmediate(resolve))
    if (rejected !== undefined) throw new Error(`seed ${seed}`, { cause: rejected })
    return { inputs, answered }
  } finally {
    process.off('unhandledRejection', onRejection)
    peer.close('end of fuzz')
  }
}

const names = [...Object.keys(methods), 'no.such', '', 'toString', '__proto__', 'constructor']

function frame(random: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const value = (depth: number): unknown =>
    pick<() => unknown>([
      () => null,
      () => random() < 0.5,
      () => Math.floor((random() - 0.5) * 2 ** 53),
      () => random() * 1e308,
      () =>
        String.fromCharCode(...Array.from({ length: Math.floor(random() * 20) }, () => Math.floor(random() * 65536))),
      () => (depth > 3 ? [] : Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1))),
      () =>
        depth > 3
          ? {}
          : Object.fromEntries(
              Array.from({ length: Math.floor(random() * 4) }, () => [
                pick(['tokens', 'vm', 'pool', 'uuid', '__proto__', 'key', 'x']),
                value(depth + 1),
              ]),
            ),
    ])()
  const message = (): Record<string, unknown> => {
    const out: Record<string, unknown> = {}
    if (random() < 0.9) out.jsonrpc = pick<unknown>(['2.0', '2.0', '2.0', '1.0', 2])
    if (random() < 0.8) out.id = pick<unknown>([1, 'a', null, -1, 1.5, {}, [], true])
    if (random() < 0.8) out.method = random() < 0.9 ? pick(names) : value(0)
    if (random() < 0.7) out.params = random() < 0.3 ? {} : value(0)
    if (random() < 0.1) out.result = value(0)
    if (random() < 0.1) out.error = random() < 0.5 ? { code: value(0), message: value(0), data: value(0) } : value(0)
    return out
  }
  const whole = JSON.stringify(random() < 0.1 ? Array.from({ length: Math.floor(random() * 5) }, message) : message())
  if (random() < 0.8) return whole
  const at = Math.floor(random() * whole.length)
  return random() < 0.5
    ? whole.slice(0, at)
    : whole.slice(0, at) + String.fromCharCode(random() * 256) + whole.slice(at + 1)
}

function xorshift(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

import { scrypt, timingSafeEqual } from 'node:crypto'
import type { Runtime } from '@altostack/core'

const cost = { N: 16_384, r: 8, p: 1 }

/** `scrypt$N$r$p$salt$hash`, base64. Runs in a thread of Node's pool: about 50 ms of one core. */
export async function hashPassword(clear: string, random: Runtime['randomBytes']): Promise<string> {
  const salt = Buffer.from(random(16))
  const hash = await derive(clear, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$')
}

/** Whether the password is right; takes as long for a user without a password. */
export async function verifyPassword(clear: string, stored: string | null): Promise<boolean> {
  const [kind, N, r, p, salt, hash] = (stored ?? '').split('$')
  if (kind !== 'scrypt' || !salt || !hash) {
    await derive(clear, Buffer.alloc(16), cost)
    return false
  }
  const expected = Buffer.from(hash, 'base64')
  const found = await derive(clear, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) })
  return found.length === expected.length && timingSafeEqual(found, expected)
}

function derive(clear: string, salt: Buffer, options: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(clear, salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

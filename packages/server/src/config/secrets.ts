import { createCipheriv, createDecipheriv } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Bug, type Runtime } from '@altostack/core'
import type { Secrets } from './secrets-port.ts'

const version = 'v1'

/** AES-256-GCM under a 32-byte key. The purpose is authenticated, so that a ciphertext works in its own column only. */
export function createSecrets(key: Uint8Array, random: Runtime['randomBytes']): Secrets {
  if (key.length !== 32) throw new Bug('the secret key is not 32 bytes long')
  return {
    seal: (purpose, clear) => {
      const nonce = random(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()])
      return `${version}:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')}`
    },
    open: (purpose, sealed) => {
      const [found, text] = sealed.split(':')
      const bytes = Buffer.from(text ?? '', 'base64')
      if (found !== version || bytes.length < 28) throw new Bug(`the sealed ${purpose} is malformed`)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(12, 28))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      } catch {
        throw new Bug(`the sealed ${purpose} was altered, or sealed for another purpose or by another key`)
      }
    },
  }
}

/**
 * Reads the key of `<dataDir>/secret.key` (base64, mode 0600), or makes it. Servers that share a database need the same
 * file: what one has sealed the others must open.
 */
export function loadSecretKey(dataDir: string, random: Runtime['randomBytes']): Uint8Array {
  const path = join(dataDir, 'secret.key')
  try {
    const fd = openSync(path, 'wx', 0o600)
    writeSync(fd, `${Buffer.from(random(32)).toString('base64')}\n`)
    fsyncSync(fd)
    closeSync(fd)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  chmodSync(path, 0o600)
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (key.length !== 32) throw new Bug(`${path} does not hold a key of 32 bytes in base64`)
  return key
}

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Bug, systemRuntime } from '@altostack/core'
import fc from 'fast-check'
import { startTestServer } from '../testing/test-server.ts'
import { createSecrets, loadSecretKey } from './secrets.ts'

const { randomBytes } = systemRuntime()
const key = randomBytes(32)

test('opens what it sealed, and nothing else', () => {
  const secrets = createSecrets(key, randomBytes)
  fc.assert(
    fc.property(fc.string(), fc.string(), (purpose, clear) => {
      const sealed = secrets.seal(purpose, clear)
      assert.equal(secrets.open(purpose, sealed), clear)
      assert.notEqual(secrets.seal(purpose, clear), sealed)
      assert.throws(() => secrets.open(`${purpose}x`, sealed), Bug)
    }),
  )
  const sealed = secrets.seal('p', 'clear')
  const bytes = Buffer.from(sealed.slice(3), 'base64')
  for (let index = 0; index < bytes.length; index++) {
    const altered = Buffer.from(bytes)
    altered[index] = (altered[index] as number) ^ 1
    assert.throws(() => secrets.open('p', `v1:${altered.toString('base64')}`), Bug)
  }
  assert.throws(() => createSecrets(randomBytes(32), randomBytes).open('p', sealed), /another key/)
})

test('the key is made once, in a file that only its owner reads', () => {
  const directory = mkdtempSync(join(tmpdir(), 'alto-key-'))
  const made = loadSecretKey(directory, randomBytes)
  assert.deepEqual(loadSecretKey(directory, randomBytes), made)
  assert.equal(statSync(join(directory, 'secret.key')).mode & 0o777, 0o600)
  rmSync(directory, { recursive: true })
})

test('a database that was sealed with another key is refused at the start', async () => {
  const first = await startTestServer()
  const { dataDir, url, drop } = await first.stop({ keep: true })
  rmSync(join(dataDir, 'secret.key'))
  await assert.rejects(startTestServer({ kept: { dataDir, url, drop } }), /secret.key is missing/)
  assert.ok(!existsSync(join(dataDir, 'secret.key')), 'no other key was made')
  writeFileSync(join(dataDir, 'secret.key'), `${Buffer.from(randomBytes(32)).toString('base64')}\n`)
  await assert.rejects(
    startTestServer({ kept: { dataDir, url, drop } }),
    /is not the key that this database was sealed with/,
  )
  rmSync(dataDir, { recursive: true })
  await drop()
})

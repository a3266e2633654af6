import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { s3Keys, startS3 } from '../testing/s3-server.ts'
import { directoryStore } from './directory-store.ts'
import { mountArgs } from './nfs-mount.ts'
import { s3Store } from './s3-store.ts'
import type { StoreDriver } from './store-driver.ts'

const work = mkdtempSync(join(tmpdir(), 'alto-stores-'))
const s3 = await startS3()
after(async () => {
  await s3.stop()
  rmSync(work, { recursive: true, force: true })
})
const signal = new AbortController().signal
const digestOf = (bytes: Buffer) => ({
  sizeBytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
})
function local(bytes: Buffer): string {
  const path = join(work, 'local')
  writeFileSync(path, bytes)
  return path
}

const stores: readonly (readonly [string, StoreDriver])[] = [
  ['a directory', directoryStore(join(work, 'store'), async () => undefined)],
  ['S3', s3Store({ endpoint: s3.endpoint, bucket: 'images', ...s3Keys, https: false }, systemRuntime())],
]
for (const [name, store] of stores) {
  test(`${name}: written, written again, read in ranges, removed, removed again`, async () => {
    const bytes = randomBytes(100_000)
    for (const _ of [1, 2]) await store.put('images/a.qcow2', local(bytes), digestOf(bytes), signal)
    assert.deepEqual(await buffer(await store.open('images/a.qcow2', { start: 0, end: 99_999 })), bytes)
    const part = await buffer(await store.open('images/a.qcow2', { start: 5, end: 104 }))
    assert.deepEqual(part, bytes.subarray(5, 105))
    for (const _ of [1, 2]) await store.remove('images/a.qcow2')
    await assert.rejects(
      store.open('images/a.qcow2', { start: 0, end: 9 }).then((stream) => buffer(stream)),
      { code: 'image-store.unreachable' },
    )
  })
}

test('a directory: what changed on its way gets no name', async () => {
  const [, store] = stores[0]!
  const digest = { sizeBytes: 3, sha256: '0'.repeat(64) }
  await assert.rejects(store.put('images/b', local(Buffer.from('abc')), digest, signal), {
    code: 'image-store.changed',
  })
  assert.deepEqual(readdirSync(join(work, 'store', 'images')), [])
})

test('S3: a large image goes in parts and is the same; a wrong key and a missing bucket are named', async () => {
  const [, store] = stores[1]!
  const bytes = Buffer.alloc((64 << 20) + 12_345, randomBytes(1 << 16))
  await store.put('images/large', local(bytes), digestOf(bytes), signal)
  const back = await buffer(await store.open('images/large', { start: 0, end: bytes.length - 1 }))
  assert.equal(digestOf(back).sha256, digestOf(bytes).sha256)
  await store.remove('images/large')
  const access = { endpoint: s3.endpoint, bucket: 'images', ...s3Keys, https: false }
  const bytesOf = digestOf(Buffer.from('x'))
  const put = (over: object) =>
    s3Store({ ...access, ...over }, systemRuntime()).put('a', local(Buffer.from('x')), bytesOf, signal)
  await assert.rejects(put({ accessKey: 'nobody' }), (error: { code?: string; seen?: string }) => {
    assert.deepEqual([error.code, error.seen], ['image-store.unreachable', 'PUT answered 403 InvalidAccessKeyId'])
    return true
  })
  await assert.rejects(put({ bucket: 'none' }), (error: { seen?: string }) => /NoSuchBucket/.test(error.seen ?? ''))
})

test('an export is mounted softly, by the port and version that were named', () => {
  assert.deepEqual(mountArgs(new URL('nfs://nas.example/export/images'), undefined, '/m'), [
    '-t',
    'nfs',
    '-o',
    'soft,timeo=50,retrans=2',
    'nas.example:/export/images',
    '/m',
  ])
  assert.equal(
    mountArgs(new URL('nfs://[fd00::1]:2050/a%20b'), '4.2', '/m')[3],
    'soft,timeo=50,retrans=2,vers=4.2,port=2050',
  )
})

test('S3: a server that takes the request and says nothing is given up, whatever is left of its time', async () => {
  const mute = createServer(() => undefined)
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const endpoint = `127.0.0.1:${(mute.address() as AddressInfo).port}`
  // Its time is over at once; nothing else of the runtime is asked.
  const runtime = {
    after(_ms: number, late: () => void) {
      const timer = setTimeout(late, 50)
      return () => clearTimeout(timer)
    },
  }
  const store = s3Store({ endpoint, bucket: 'images', ...s3Keys, https: false }, runtime as never)
  await assert.rejects(store.remove('a'), (error: { code?: string; seen?: string }) => {
    assert.deepEqual([error.code, error.seen], ['image-store.unreachable', `${endpoint}: it does not answer`])
    return true
  })
  mute.closeAllConnections()
  await new Promise((resolve) => mute.close(resolve))
})

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Params } from '@altostack/agent-api'
import { type AgentHost, cannotRun, makeAuthority, startAgentHost, tokens } from './agent-host.ts'
import { type ImageServer, makeImage, startImageServer } from './image-server.ts'

const skip = cannotRun()
let host: AgentHost
let images: ImageServer
before(async () => {
  if (skip !== false) return
  const authority = await makeAuthority()
  images = await startImageServer(authority)
  host = await startAgentHost({ authority, settings: { host: `127.0.0.1:${images.port}` } })
  await host.agent.handlers['pool.attach']({ tokens: tokens(), pool: host.pool, create: true })
})
after(async () => {
  if (skip !== false) return
  await host.stop()
  await images.stop()
})

type Template = Params<'template.install'>['template']
type Ended = { state: string; result?: Record<string, unknown>; error?: { code: string; seen?: string } }
async function install(template: Template): Promise<Ended> {
  const params = { tokens: tokens(), pool: host.pool, template }
  await host.agent.handlers['template.install'](params)
  for (;;) {
    const answer = await host.agent.handlers['job.poll']({ key: params.tokens.key, waitMs: 1000 })
    if (answer.state !== 'running') return answer as Ended
  }
}
const left = (uuid: string): string[] => readdirSync(host.pool.path).filter((name) => name.includes(uuid))

test('a cut fetch resumes by range and the copy is byte for byte the image', { skip }, async () => {
  const bytes = makeImage(host.dir)
  const template = images.offer(bytes)
  images.asked.length = 0
  images.cutAfter = [100_000, 70_000]
  const over = await install(template)
  assert.equal(over.state, 'done', JSON.stringify(over))
  assert.equal(images.asked.length, 3)
  assert.equal(images.asked[0], 'whole')
  assert.match(images.asked[2] ?? '', /^bytes=\d+-$/)
  const path = join(host.pool.path, template.uuid)
  assert.deepEqual(readFileSync(path), bytes)
  assert.equal(statSync(path).mode & 0o777, 0o644)
  assert.deepEqual(left(template.uuid).toSorted(), [`.template-${template.uuid}`, template.uuid].toSorted())
})

test('the partial file of a crash is taken up by the next install', { skip }, async () => {
  const bytes = makeImage(host.dir)
  const template = images.offer(bytes)
  const partial = join(host.pool.path, `.${template.uuid}.${host.hostUuid.slice(0, 8)}.partial`)
  writeFileSync(partial, bytes.subarray(0, 200_000))
  images.asked.length = 0
  const over = await install(template)
  assert.equal(over.state, 'done', JSON.stringify(over))
  assert.deepEqual(images.asked, ['bytes=200000-'])
})

test('a wrong checksum is named, and nothing stays', { skip }, async () => {
  const template = images.offer(makeImage(host.dir), { sha256: '0'.repeat(64) })
  assert.equal((await install(template)).error?.code, 'template.checksum')
  assert.deepEqual(left(template.uuid), [])
})

test('an image that reaches for other files never gets its name', { skip }, async () => {
  const backing = join(host.dir, 'secret')
  writeFileSync(backing, Buffer.alloc(4 << 20))
  const bad = [
    ['backing file', makeImage(host.dir, '-b', backing, '-F', 'raw'), {}],
    ['external data', makeImage(host.dir, '-o', `data_file=${join(host.dir, randomUUID())}`), {}],
    ['virtual size', makeImage(host.dir), { virtualSizeBytes: 1 << 20 }],
    ['not a qcow2', Buffer.from('#!/bin/sh\n'.repeat(5000)), {}],
  ] as const
  for (const [word, bytes, over] of bad) {
    const template = images.offer(bytes, over)
    const { error } = await install(template)
    assert.equal(error?.code, 'template.unsafe', word)
    assert.match(error?.seen ?? '', new RegExp(word), word)
    assert.equal(existsSync(join(host.pool.path, template.uuid)), false)
  }
})

test('an image that only qemu-img finds broken is refused by the sandbox', { skip }, async () => {
  const bytes = makeImage(host.dir)
  // The L1 table is said to lie far outside: a header reader has no reason to look there.
  bytes.writeBigUInt64BE(0x7fffffffffff0000n, 40)
  const { error } = await install(images.offer(bytes))
  assert.equal(error?.code, 'template.unsafe', JSON.stringify(error))
})

test('an image that nobody offers fails by name after trying again', { skip }, async () => {
  const template = { ...images.offer(makeImage(host.dir)), uuid: randomUUID() }
  const { error } = await install(template)
  assert.equal(error?.code, 'template.fetch')
  assert.match(error?.seen ?? '', /404|no such image/)
})

test('a volume is an overlay by a relative name, owned by the QEMU of the host', { skip }, async () => {
  const template = images.offer(makeImage(host.dir))
  await install(template)
  const volume = { uuid: randomUUID(), sizeBytes: 8 << 20, format: 'qcow2' as const, templateUuid: template.uuid }
  const made = await host.agent.handlers['volume.create']({ tokens: tokens(), pool: host.pool, volume })
  const { readQcow2Header } = await import('../src/storage/qcow2-header.ts')
  const header = readQcow2Header(readFileSync(made.path))
  assert.equal(header.backingFile, template.uuid)
  assert.equal(header.backingFormat, 'qcow2')
  assert.equal(header.virtualSize, 8 << 20)
  assert.equal(statSync(made.path).mode & 0o777, 0o660)
})

test('an image takes the place of a volume; what was left of another one is no beginning of it', { skip }, async () => {
  const volume = { uuid: randomUUID(), format: 'qcow2' as const, sizeBytes: 4 << 20 }
  await host.agent.handlers['volume.create']({ tokens: tokens(), pool: host.pool, volume })
  const [bytes, other] = [makeImage(host.dir), makeImage(host.dir)]
  const { uuid, sha256, sizeBytes, virtualSizeBytes } = images.offer(bytes)
  const image = { uuid, sha256, sizeBytes, virtualSizeBytes, format: 'qcow2' as const }
  const partial = join(host.pool.path, `.${volume.uuid}.${host.hostUuid.slice(0, 8)}.partial`)
  writeFileSync(partial, other.subarray(0, 100_000).fill(1))
  const fetch = async (over: object = {}): Promise<Ended> => {
    const own = tokens()
    const params = { tokens: own, pool: host.pool, volume, image: { ...image, ...over } }
    await host.agent.handlers['volume.fetch'](params)
    for (;;) {
      const answer = await host.agent.handlers['job.poll']({ key: own.key, waitMs: 1000 })
      if (answer.state !== 'running') return answer as Ended
    }
  }
  const before = readFileSync(join(host.pool.path, volume.uuid))
  assert.equal((await fetch({ sha256: '0'.repeat(64) })).error?.code, 'template.checksum')
  assert.deepEqual(readFileSync(join(host.pool.path, volume.uuid)), before, 'a failure took the old content')
  writeFileSync(partial, other.subarray(0, 100_000).fill(1))
  for (const _ of ['once', 'again']) {
    const over = await fetch()
    assert.equal(over.state, 'done', JSON.stringify(over))
    assert.deepEqual(readFileSync(join(host.pool.path, volume.uuid)), bytes)
  }
  assert.deepEqual(left(volume.uuid), [volume.uuid])
})

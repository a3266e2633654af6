import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { openStateDatabase } from '../state-database.ts'
import { openPools } from './pool-access.ts'
import { claimPool } from './pool-files.ts'

const runtime = systemRuntime()
const pool = () => ({ uuid: '7d9a0a52-5c6c-4b5e-8f4e-1d3f6a1c0001', type: 'Filesystem', path }) as const
let path = ''
before(async () => {
  path = mkdtempSync(`${tmpdir()}/alto-pool-`)
  await claimPool(pool(), true, 'host')
})
after(() => rmSync(path, { recursive: true }))

test('work that hangs is given up by name; nobody is sent after it until it comes back', async () => {
  const pools = openPools(openStateDatabase(':memory:'), runtime)
  let comeBack = (): void => {}
  const hung = pools.use(pool(), () => new Promise<void>((resolve) => (comeBack = resolve)), 50)
  await assert.rejects(hung, { code: 'pool.unreachable', effectPossible: false })
  const began = runtime.monotonic()
  await assert.rejects(pools.space(pool()), { code: 'pool.unreachable' })
  await assert.rejects(
    pools.use(pool(), async () => 1),
    { code: 'pool.unreachable' },
  )
  assert.ok(runtime.monotonic() - began < 50)
  comeBack()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(await pools.use(pool(), async () => 1), 1)
})

test('a path that is not there is named, and pools are remembered by id', async () => {
  const pools = openPools(openStateDatabase(':memory:'), runtime)
  await assert.rejects(pools.space({ ...pool(), path: '/nowhere/at/all' }), { code: 'pool.path' })
  pools.remember(pool())
  pools.remember({ ...pool(), type: 'SharedMountPoint' })
  assert.deepEqual(
    pools.attached().map((one) => one.type),
    ['SharedMountPoint'],
  )
  pools.forget(pool().uuid)
  assert.deepEqual(pools.attached(), [])
  const space = await pools.space(pool())
  assert.ok(space.capacityBytes > 0 && space.usedBytes + space.availableBytes <= space.capacityBytes)
})

test('no file work on a path that is not the pool: below a file system that was unmounted lies another directory', async () => {
  const pools = openPools(openStateDatabase(':memory:'), runtime)
  const bare = mkdtempSync(join(path, 'mount-point-'))
  const unmounted = { ...pool(), path: bare }
  let worked = false
  const work = async (): Promise<void> => {
    worked = true
  }
  await assert.rejects(pools.use(unmounted, work), { code: 'pool.marker' })
  assert.equal(worked, false)
  writeFileSync(join(bare, '.altostack-pool'), JSON.stringify({ pool: 'another' }))
  await assert.rejects(pools.use(unmounted, work), { code: 'pool.marker' })
  await pools.claim(unmounted, work)
  assert.equal(worked, true)
})

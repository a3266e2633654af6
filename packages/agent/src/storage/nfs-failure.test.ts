import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mountAt, parseMounts } from './mount-table.ts'
import { isExported, isVersionRefusal, mountFailureCode } from './nfs-failure.ts'

test('the words of mount.nfs, as Debian 12 says them, each name their cause', () => {
  const cases = [
    ['mount.nfs: access denied by server while mounting nas:/srv/denied', 'pool.denied'],
    ['mount.nfs: mounting nas:/srv/none failed, reason given by server: No such file or directory', 'pool.export'],
    ['mount.nfs: Connection refused for nas:/srv on /mnt/x', 'pool.port'],
    ['mount.nfs: No route to host for nas:/srv on /mnt/x', 'pool.server'],
    ['mount.nfs: Connection timed out for nas:/srv on /mnt/x', 'pool.server'],
    ['mount: no end within 45000 ms', 'pool.server'],
    ['mount.nfs: requested NFS version or transport protocol is not supported for /mnt/x', 'pool.mount'],
    ['mount.nfs: portmap query failed: RPC: Program not registered', 'pool.rpc'],
    ['mount.nfs: Stale file handle', 'pool.stale'],
    ['mount.nfs: Failed to resolve server nas: Name or service not known', 'pool.server'],
  ] as const
  for (const [said, code] of cases) assert.equal(mountFailureCode(said), code, said)
  assert.ok(isVersionRefusal('mount.nfs: Protocol not supported for /mnt/x'))
  assert.ok(!isVersionRefusal('mount.nfs: access denied by server while mounting nas:/srv'))
})

test('an export covers what lies below it, and nothing beside it', () => {
  const list = '/srv/primary   (everyone)\n/srv/two 10.0.0.0/8\n'
  assert.ok(isExported(list, '/srv/primary'))
  assert.ok(isExported(list, '/srv/primary/'))
  assert.ok(isExported(list, '/srv/two/below'))
  assert.ok(!isExported(list, '/srv/primary2'))
  assert.ok(!isExported('', '/srv'))
  assert.ok(isExported('/ *', '/anything'))
})

test('the mount table is read as the kernel writes it', () => {
  const text = '36 35 98:0 / /mnt/with\\040blank rw,noatime shared:1 - nfs4 nas:/srv/a rw,vers=4.2\nbroken\n'
  assert.deepEqual(parseMounts(text), [
    { point: '/mnt/with blank', type: 'nfs4', source: 'nas:/srv/a', options: 'rw,vers=4.2' },
  ])
  assert.ok(mountAt('/') !== undefined)
  assert.equal(mountAt('/nowhere/at/all'), undefined)
})

import assert from 'node:assert/strict'
import test from 'node:test'
import { readPoolUrl } from './pool-url.ts'

test('the urls of CloudStack are read, without regard to the case of the scheme', () => {
  const cases = [
    ['SharedMountPoint://localhost/mnt//primary/', 'SharedMountPoint', 'localhost', 0, '/mnt/primary'],
    ['sharedmountpoint:///mnt/p', 'SharedMountPoint', 'localhost', 0, '/mnt/p'],
    ['file:///var/lib/x', 'Filesystem', 'localhost', 0, '/var/lib/x'],
    ['filesystem://node7/var/lib/x', 'Filesystem', 'node7', 0, '/var/lib/x'],
    ['nfs://nas.example.org/export/primary/', 'NetworkFilesystem', 'nas.example.org', 2049, '/export/primary'],
    ['NFS://[fd00::1]:20490/e', 'NetworkFilesystem', 'fd00::1', 20490, '/e'],
    ['iscsi://10.0.0.1/iqn.2026-11.org.example:t/1', 'IscsiLUN', '10.0.0.1', 3260, '/iqn.2026-11.org.example:t/1'],
    ['iscsi://10.0.0.1,10.0.1.1:860/iqn.x:y/0', 'IscsiLUN', '10.0.0.1,10.0.1.1', 860, '/iqn.x:y/0'],
    ['clvm://localhost/vg0', 'CLVM', 'localhost', 0, '/vg0'],
    ['FiberChannel://localhost/3600508b400105e21', 'FiberChannel', 'localhost', 0, '/3600508b400105e21'],
  ] as const
  for (const [url, type, host, port, path] of cases) assert.deepEqual(readPoolUrl(url), { type, host, port, path }, url)
})

test('other storage is refused by its name, bad places by theirs', () => {
  assert.throws(() => readPoolUrl('rbd://user:secret@mon/pool'), { code: 'storage.protocol', message: /Ceph/ })
  const bad = [
    '',
    'mnt/x',
    'SharedMountPoint://localhost/',
    'file:///a/../etc',
    'file:///a\nb',
    'what://h/p',
    'constructor://h/p',
    'nfs:///export',
    'nfs://nas:0/export',
    'nfs://nas:70000/export',
    'nfs://na s/export',
    'nfs://-o/export',
    'iscsi://h/iqn.x:y',
    'iscsi://h/iqn.x:y/99999',
    'iscsi://h,/iqn.x:y/1',
    'iscsi://h/target/1',
    'clvm://localhost/-vg',
    'clvm://localhost/a/b',
    'file://h:1/p',
  ]
  for (const url of bad) assert.throws(() => readPoolUrl(url), { code: 'storage.url' }, url)
})

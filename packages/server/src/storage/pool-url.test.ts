import assert from 'node:assert/strict'
import test from 'node:test'
import { readPoolUrl } from './pool-url.ts'

test('the urls of CloudStack are read, without regard to the case of the scheme', () => {
  assert.deepEqual(readPoolUrl('SharedMountPoint://localhost/mnt//primary/'), {
    type: 'SharedMountPoint',
    host: 'localhost',
    path: '/mnt/primary',
  })
  assert.deepEqual(readPoolUrl('sharedmountpoint:///mnt/p'), {
    type: 'SharedMountPoint',
    host: 'localhost',
    path: '/mnt/p',
  })
  assert.equal(readPoolUrl('file:///var/lib/x').type, 'Filesystem')
  assert.equal(readPoolUrl('filesystem://node7/var/lib/x').host, 'node7')
})

test('other storage is refused by its name, bad paths by theirs', () => {
  assert.throws(() => readPoolUrl('nfs://nas/export'), { code: 'storage.protocol', message: /NFS/ })
  assert.throws(() => readPoolUrl('rbd://user:secret@mon/pool'), { code: 'storage.protocol' })
  for (const url of ['', 'mnt/x', 'SharedMountPoint://localhost/', 'file:///a/../etc', 'file:///a\nb', 'what://h/p']) {
    assert.throws(() => readPoolUrl(url), { code: 'storage.url' }, url)
  }
})

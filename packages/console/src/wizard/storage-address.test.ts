import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storageUrl } from './storage-address.ts'

test('the parts of each protocol become the URL that createStoragePool takes', () => {
  assert.equal(storageUrl('nfs', { server: 'nas1 ', path: 'export/a' }), 'nfs://nas1/export/a')
  assert.equal(storageUrl('shared', { path: '/mnt/shared' }), 'SharedMountPoint://localhost/mnt/shared')
  assert.equal(storageUrl('local', { path: '/var/lib/libvirt/images' }), 'file:///var/lib/libvirt/images')
  assert.equal(
    storageUrl('iscsi', { portal: '10.0.0.1,10.0.1.1', target: 'iqn.2026-01.org.example:a', lun: '1' }),
    'iscsi://10.0.0.1,10.0.1.1/iqn.2026-01.org.example:a/1',
  )
  assert.equal(storageUrl('clvm', { group: 'vg0' }), 'clvm://localhost/vg0')
  assert.equal(storageUrl('fibre', { wwid: '3600a' }), 'fiberchannel://localhost/3600a')
})

test('there is none while a part is missing', () => {
  assert.equal(storageUrl('nfs', { server: 'nas1' }), undefined)
  assert.equal(storageUrl('iscsi', { portal: 'p', target: ' ', lun: '1' }), undefined)
})

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { writeCpio } from './cpio.ts'
import { partitionTable } from './disk.ts'

const entries = [
  { path: 'etc', kind: 'directory', mode: 0o755 },
  { path: 'etc/name', kind: 'file', mode: 0o640, data: Buffer.from('guest\n') },
  { path: 'etc/link', kind: 'link', target: 'name' },
  { path: 'console', kind: 'device', mode: 0o600, major: 5, minor: 1 },
] as const

test('cpio reads what the archive writer wrote', (t) => {
  const listed = spawnSync('cpio', ['-itv', '--quiet'], { input: writeCpio(entries), encoding: 'utf8' })
  if (listed.error) return t.skip('the program cpio is not installed')
  assert.equal(listed.status, 0, listed.stderr)
  assert.match(listed.stdout, /^drwxr-xr-x .* etc$/m)
  assert.match(listed.stdout, /^-rw-r----- .* 6 .* etc\/name$/m)
  assert.match(listed.stdout, /etc\/link -> name$/m)
  assert.match(listed.stdout, /^crw------- .* 5, *1 .* console$/m)
})

test('every record of the archive begins at a multiple of four, and the same entries give the same bytes', () => {
  const archive = writeCpio(entries)
  assert.equal(archive.length % 4, 0)
  assert.deepEqual(archive, writeCpio(entries))
  for (let at = archive.indexOf('070701'); at >= 0; at = archive.indexOf('070701', at + 1)) assert.equal(at % 4, 0)
})

test('the partition table has an active boot partition and a data partition right behind it', () => {
  const sector = partitionTable(Buffer.alloc(440, 0x90), 18, 16)
  assert.equal(sector.readUInt16LE(510), 0xaa55)
  assert.equal(sector[446], 0x80)
  assert.equal(sector.readUInt32LE(446 + 8), 2048)
  assert.equal(sector.readUInt32LE(446 + 12), 18 * 2048)
  assert.equal(sector.readUInt32LE(462 + 8), 19 * 2048)
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import fc from 'fast-check'
import { imageHeaderBytes, readImageHeader } from './image-header.ts'

function begin(path: string): Buffer {
  const bytes = Buffer.alloc(imageHeaderBytes)
  return bytes.subarray(0, readSync(openSync(path, 'r'), bytes))
}

test('images that qemu-img makes: good ones pass, references to other files are refused', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'alto-image-'))
  const make = (name: string, ...args: string[]): Buffer => {
    execFileSync(
      'qemu-img',
      ['create', '-q', ...args, join(directory, name)].concat(args.includes('-b') ? [] : ['64M']),
    )
    return begin(join(directory, name))
  }
  try {
    execFileSync('qemu-img', ['--version'])
  } catch {
    return t.skip('qemu-img is not installed')
  }
  try {
    const good = readImageHeader(make('a.qcow2', '-f', 'qcow2'))
    assert.deepEqual(good, { format: 'qcow2', version: 3, virtualSize: 64 * 1024 ** 2, clusterSize: 65_536 })
    assert.equal(readImageHeader(make('old.qcow2', '-f', 'qcow2', '-o', 'compat=0.10')).format, 'qcow2')
    assert.equal(readImageHeader(make('l2.qcow2', '-f', 'qcow2', '-o', 'extended_l2=on')).format, 'qcow2')
    assert.equal(readImageHeader(make('r.raw', '-f', 'raw')).format, 'raw')
    const overlay = readImageHeader(make('b.qcow2', '-f', 'qcow2', '-b', join(directory, 'a.qcow2'), '-F', 'qcow2'))
    assert.match(JSON.stringify(overlay), /backing file/)
    const external = ['-f', 'qcow2', '-o', `data_file=${join(directory, 'x.raw')},data_file_raw=on`]
    assert.match(JSON.stringify(readImageHeader(make('c.qcow2', ...external))), /another file/)
    assert.match(JSON.stringify(readImageHeader(make('v.vmdk', '-f', 'vmdk'))), /VMDK/)
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('text pages and short files are no images', () => {
  const page = Buffer.from('<!DOCTYPE html><html></html>'.padEnd(600, ' '))
  assert.match(JSON.stringify(readImageHeader(page)), /web page/)
  assert.match(JSON.stringify(readImageHeader(Buffer.alloc(10))), /shorter/)
})

test('no bytes make it throw', () => {
  const magic = Buffer.from([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3])
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 2000 }), fc.boolean(), (bytes, asQcow2) => {
      const input = asQcow2 ? Buffer.concat([magic, bytes]) : bytes
      assert.ok(['qcow2', 'raw', 'refused'].includes(readImageHeader(input).format))
    }),
  )
})

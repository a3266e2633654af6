import assert from 'node:assert/strict'
import { test } from 'node:test'
import { topFile } from './block-file-name.ts'

test('a path is itself; a description names the file of its topmost image', () => {
  assert.equal(topFile('/pool/volume'), '/pool/volume')
  const file = { driver: 'file', filename: '/pool/volume' }
  const backing = { driver: 'qcow2', file: { driver: 'file', filename: '/pool/template' } }
  assert.equal(topFile(`json:${JSON.stringify({ backing, driver: 'qcow2', file })}`), '/pool/volume')
  const throttled = {
    driver: 'throttle',
    file: { driver: 'qcow2', file: { driver: 'host_device', filename: '/dev/x' } },
  }
  assert.equal(topFile(`json:${JSON.stringify(throttled)}`), '/dev/x')
  assert.equal(topFile(`json:${JSON.stringify({ driver: 'qcow2', file: 'a-node' })}`), 'a-node')
})

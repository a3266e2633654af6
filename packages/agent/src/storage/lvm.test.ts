import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTags, tagOptions } from './lvm.ts'
import { shapeOf } from './lvm-driver.ts'

test('what an image is stands in the tags of its volume, beside tags of others', () => {
  const options = tagOptions('--addtag', { kind: 'volume', size: 1024, backing: 'b', 'backing-format': 'raw' })
  assert.deepEqual(options.slice(0, 2), ['--addtag', 'alto.kind=volume'])
  const tags = parseTags(`backup,${options.filter((one) => one !== '--addtag').join(',')},alto.,x=y`)
  assert.deepEqual([...tags.keys()], ['kind', 'size', 'backing', 'backing-format'])
  assert.deepEqual(shapeOf({ name: 'n', sizeBytes: 4096, tags, active: false, open: false }), {
    format: 'qcow2',
    sizeBytes: 1024,
    physicalBytes: 4096,
    backing: { name: 'b', format: 'raw' },
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOrphanFiles } from './orphan-files-plan.ts'

const a = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
const b = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'
const c = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'

test('removes files of volumes that are gone or live elsewhere; leaves the live, the young and the unknown', () => {
  const files = [
    { name: a, kind: 'volume', modified: 0 },
    { name: `${b}.qcow2`, kind: 'volume', modified: 0 },
    { name: c, kind: 'volume', modified: 0 },
    { name: b, kind: 'volume', modified: 1000 },
    { name: c, kind: 'template', modified: 0 },
    { name: 'dddddddd-dddd-4ddd-8ddd-dddddddddddd', kind: 'volume', modified: 0 },
    { name: 'README', kind: 'volume', modified: 0 },
  ]
  const volumes = new Map([
    [a, { uuid: a, poolId: 1, live: true }],
    [b, { uuid: b, poolId: null, live: false }],
    [c, { uuid: c, poolId: 2, live: true }],
  ])
  assert.deepEqual(planOrphanFiles(1, files, volumes, 100), {
    remove: [b, c],
    unknown: ['dddddddd-dddd-4ddd-8ddd-dddddddddddd'],
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commands } from '@altostack/api'
import { parseApiArguments } from './parse-arguments.ts'

test('both spellings, numbers, booleans, lists and maps', () => {
  const { input, wait } = parseApiArguments(commands.deployVirtualMachine, [
    'name=a=b',
    '--rootdisksize',
    '5',
    'startvm=true',
    'networkids=x,y',
    'details[0].cpuNumber=2',
    'details[0].memory=512',
    '--no-wait',
  ])
  assert.deepEqual(input, {
    name: 'a=b',
    rootdisksize: 5,
    startvm: true,
    networkids: ['x', 'y'],
    details: [{ cpuNumber: '2', memory: '512' }],
  })
  assert.equal(wait, false)
})

test('what is not understood is named', () => {
  assert.throws(() => parseApiArguments(commands.listZones, ['nosuch=1']), /no parameter nosuch/)
  assert.throws(() => parseApiArguments(commands.listZones, ['word']), /word is not name=value/)
  assert.throws(() => parseApiArguments(commands.deployVirtualMachine, ['rootdisksize=big']), /is a number/)
})

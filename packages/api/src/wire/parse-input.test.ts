import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AltoError } from '@altostack/core'
import fc from 'fast-check'
import { toPairs } from '../client-wire.ts'
import { defineCommand, type RoleType } from '../define-command.ts'
import { commandNames, commands, deployVirtualMachine, listVirtualMachines, registerTemplate } from '../registry.ts'
import { entityNotFound } from './parameter-errors.ts'
import type { Pair } from './parse-form.ts'
import { mapEntries, parseInput } from './parse-input.ts'

const uuid = '6f2d9d3c-1b7a-4f0e-9a55-0c1d2e3f4a5b'
const sample = defineCommand({
  name: 'sampleCommand',
  kind: 'sync',
  roles: ['Admin'],
  since: '0.1.0',
  description: 'For this test.',
  params: {
    id: { type: 'uuid', required: true, description: 'x' },
    name: { type: 'string', maxLength: 10, description: 'x' },
    state: { type: 'string', values: ['Enabled', 'Disabled'], description: 'x' },
    count: { type: 'integer', min: 1, max: 9, description: 'x' },
    size: { type: 'long', description: 'x' },
    ratio: { type: 'double', description: 'x' },
    forced: { type: 'boolean', description: 'x' },
    startdate: { type: 'date', description: 'x' },
    enddate: { type: 'date', description: 'x' },
    ids: { type: 'list', items: 'uuid', description: 'x' },
    tags: { type: 'list', items: 'string', description: 'x' },
    details: { type: 'map', description: 'x' },
    nets: { type: 'map', fields: { networkid: true, ip: false }, description: 'x' },
    old: { type: 'boolean', unsupported: { reason: 'Later.', accepts: ['false'] }, description: 'x' },
    oldmap: { type: 'map', unsupported: { reason: 'Later.' }, description: 'x' },
    hostid: { type: 'uuid', roles: ['Admin'], description: 'x' },
    zoneid: { type: 'uuid', absent: ['-1'], description: 'x' },
  },
  response: 'success',
})
const read = (pairs: readonly Pair[], role: RoleType = 'Admin'): ReturnType<typeof parseInput<typeof sample>> =>
  parseInput(sample, [['id', uuid], ...pairs], role)
const refusal = (pairs: readonly Pair[]): AltoError => {
  try {
    read(pairs)
  } catch (error) {
    assert.ok(error instanceof AltoError)
    return error
  }
  return assert.fail(`accepted ${JSON.stringify(pairs)}`)
}

test('every type is read, whatever the case of the names', () => {
  const { input, dryrun, ignored } = read([
    ['command', 'sampleCommand'],
    ['NAME', 'a'],
    ['State', 'disabled'],
    ['count', ' 7 '],
    ['size', '9007199254740991'],
    ['ratio', '1.5e2'],
    ['forced', 'TRUE'],
    ['startDate', '2026-01-02'],
    ['endDate', '2026-01-02'],
    ['ids', `${uuid.toUpperCase()}, ${uuid}`],
    ['tags', 'a,,b '],
    ['Details[1].key', 'k'],
    ['details[1].value', 'v'],
    ['details[0].cpuNumber', '2'],
    ['nets[3].NetworkId', uuid],
    ['dryRun', 'true'],
    ['_', '123'],
    ['unknown', '1'],
    ['Other[0].x', '1'],
  ])
  assert.deepEqual(input, {
    id: uuid,
    name: 'a',
    state: 'Disabled',
    count: 7,
    size: Number.MAX_SAFE_INTEGER,
    ratio: 150,
    forced: true,
    startdate: Date.UTC(2026, 0, 2),
    enddate: Date.UTC(2026, 0, 2, 23, 59, 59),
    ids: [uuid, uuid],
    tags: ['a', 'b'],
    details: [{ cpuNumber: '2' }, { key: 'k', value: 'v' }],
    nets: [{ networkid: uuid }],
  })
  assert.equal(dryrun, true)
  assert.deepEqual(ignored, ['unknown', 'Other'])
  assert.deepEqual(mapEntries(input.details), { cpuNumber: '2', k: 'v' })
})

test('the first of duplicates wins', () => {
  assert.equal(
    read([
      ['name', 'first'],
      ['Name', 'second'],
    ]).input.name,
    'first',
  )
})

test('anything but true is false; an empty number, id or flag is absent; an empty string or list is kept', () => {
  assert.equal(read([['forced', 'yes']]).input.forced, false)
  const { input } = read([
    ['forced', ''],
    ['count', ''],
    ['hostid', ''],
    ['state', ''],
    ['name', ''],
    ['tags', ''],
  ])
  assert.deepEqual(input, { id: uuid, name: '', tags: [] })
})

test('-1 is absent where it says every zone', () => {
  assert.deepEqual(read([['zoneid', '-1']]).input, { id: uuid })
  const { input } = parseInput(
    registerTemplate,
    [
      ['url', 'http://x/y.qcow2'],
      ['name', 'x'],
      ['format', 'qcow2'],
      ['hypervisor', 'kvm'],
      ['zoneids', '-1'],
    ],
    'User',
  )
  assert.equal(input.zoneids, undefined)
  assert.equal(input.format, 'QCOW2')
})

test('a parameter of other roles is a name that nobody declared', () => {
  assert.equal(read([['hostid', uuid]]).input.hostid, uuid)
  const asUser = read([['hostid', uuid]], 'User')
  assert.equal(asUser.input.hostid, undefined)
  assert.deepEqual(asUser.ignored, ['hostid'])
})

const bad: readonly (readonly [name: string, value: string])[] = [
  ['name', 'elevenchars'],
  ['name', 'a\u0000b'],
  ['state', 'maybe'],
  ['count', '0'],
  ['count', '10'],
  ['count', '1.5'],
  ['count', '1e1'],
  ['count', 'abc'],
  ['size', '9007199254740993'],
  ['ratio', 'NaN'],
  ['ratio', '1e999'],
  ['startdate', '2026-02-30'],
  ['startdate', 'yesterday'],
  ['ids', `${uuid},x`],
  ['hostid', '1'],
]
for (const [name, value] of bad) {
  test(`431 names ${name}=${JSON.stringify(value)}`, () => {
    const error = refusal([[name, value]])
    assert.equal(error.api, 431)
    assert.ok(error.message.includes(name), error.message)
    assert.notEqual(error.fix, '')
  })
}

test('a missing or empty required parameter is 431 by name', () => {
  for (const pairs of [[], [['id', '']]] as readonly (readonly Pair[])[]) {
    assert.throws(() => parseInput(sample, pairs, 'Admin'), { api: 431, message: /missing parameter id$/ })
  }
})

test('a malformed map or a missing field is 430', () => {
  const forms = [
    'nets[0].ip',
    'nets[x].networkid',
    'nets[0]',
    'nets[0].',
    'nets[0][networkid]',
    'nets[12345].networkid',
  ]
  for (const name of forms) {
    assert.equal(refusal([[name, '1']]).api, 430, name)
  }
  assert.equal(refusal([['details', 'a=b']]).api, 430)
})

test('what this version does not do is refused by name, unless it is what happens anyway', () => {
  assert.deepEqual(
    read([
      ['old', 'False'],
      ['oldmap[0].a', ''],
    ]).input,
    { id: uuid },
  )
  assert.equal(refusal([['old', 'true']]).code, 'api.parameter-unsupported')
  assert.match(refusal([['oldmap[0].a', '1']]).message, /oldmap.*Later\./)
  const deploy: readonly Pair[] = [
    ['serviceofferingid', uuid],
    ['templateid', uuid],
    ['zoneid', uuid],
  ]
  const defaults: readonly Pair[] = [
    ['boottype', 'BIOS'],
    ['bootmode', 'LEGACY'],
    ['affinitygroupids', ''],
    ['iothreadsenabled', 'false'],
  ]
  const { input } = parseInput(deployVirtualMachine, [...deploy, ...defaults], 'User')
  assert.deepEqual(input, { serviceofferingid: uuid, templateid: uuid, zoneid: uuid })
  assert.throws(() => parseInput(deployVirtualMachine, [...deploy, ['boottype', 'UEFI']], 'User'), { api: 431 })
})

test('reading commands take no dryrun', () => {
  assert.equal(parseInput(listVirtualMachines, [['dryrun', 'true']], 'User').dryrun, false)
})

test('Go clients find the text by which they know not found', () => {
  const { message } = entityNotFound('listZones', 'id', uuid)
  assert.ok(
    message.includes(`Invalid parameter id value=${uuid} due to incorrect long value format, or entity does not exist`),
  )
})

test('what the client writes, the parser reads back', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '1', ' ', '=', '&', ',', 'ü', '['), maxLength: 10 })
  fc.assert(
    fc.property(
      fc.record(
        {
          name: text,
          count: fc.integer({ min: 1, max: 9 }),
          size: fc.maxSafeInteger(),
          forced: fc.boolean(),
          startdate: fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000),
          tags: fc.array(fc.stringMatching(/^[a-z]{1,8}$/)),
          details: fc.array(fc.record({ key: text, value: text }, { noNullPrototype: true }), {
            minLength: 1,
            maxLength: 4,
          }),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
      (values) => {
        assert.deepEqual({ ...read(toPairs(sample, values)).input }, { id: uuid, ...values })
      },
    ),
  )
})

test('arbitrary parameters of every command give an input or a refusal by name', () => {
  const hostile = fc.oneof(fc.constantFrom('', '-1', uuid, 'true', '2026-01-01', '__proto__', 'a,b'), fc.string())
  fc.assert(
    fc.property(fc.constantFrom(...commandNames), fc.array(fc.tuple(fc.nat(60), fc.nat(3), hostile)), (name, sent) => {
      const names = [...Object.keys(commands[name].params), '__proto__', 'constructor', 'x']
      const pairs = sent.map(([index, form, value]): Pair => {
        const key = names[index % names.length] as string
        return [form === 0 ? `${key}[0].key` : form === 1 ? `${key}[0].__proto__` : key, value]
      })
      try {
        const { input } = parseInput(commands[name], pairs, 'Admin')
        assert.equal(Object.getPrototypeOf(input), Object.prototype)
      } catch (error) {
        assert.ok(error instanceof AltoError && (error.api === 430 || error.api === 431), String(error))
      }
    }),
    { numRuns: 2000 },
  )
})

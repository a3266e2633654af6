import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DomainReport } from '@altostack/agent-api'
import fc from 'fast-check'
import { type KnownVm, planPower } from './power-plan.ts'

const uuid = '11111111-1111-4111-8111-111111111111'
function vm(over: Partial<KnownVm> = {}): KnownVm {
  return {
    id: 1,
    uuid,
    instanceName: 'i-2-1-VM',
    state: 'Running',
    removed: false,
    hostId: 1,
    generation: 3,
    busy: false,
    ...over,
  }
}
function domain(over: Partial<DomainReport> = {}): DomainReport {
  return {
    instanceName: 'i-2-1-VM',
    uuid,
    power: 'PowerOn',
    state: 'running',
    reason: '',
    generation: 3,
    migrating: 'none',
    ...over,
  }
}
function kinds(hostId: number, domains: readonly DomainReport[], vms: readonly KnownVm[], complete = true): string[] {
  return planPower({ hostId, domains, complete }, vms).map((action) => action.kind)
}

test('what is as it should be needs nothing', () => {
  assert.deepEqual(kinds(1, [domain()], [vm()]), [])
  assert.deepEqual(kinds(1, [], [vm({ state: 'Stopped', hostId: null })]), [])
  assert.deepEqual(kinds(2, [], [vm()]), [], 'another host does not have to report it')
})

test('out of band stops and starts are followed', () => {
  assert.deepEqual(kinds(1, [domain({ power: 'PowerOff', state: 'shutoff' })], [vm()]), ['follow-off'])
  assert.deepEqual(kinds(1, [], [vm()]), ['follow-off'], 'missing from a complete report')
  assert.deepEqual(kinds(1, [], [vm()], false), [], 'missing from a partial one says nothing')
  assert.deepEqual(kinds(1, [domain()], [vm({ state: 'Stopped', hostId: null })]), ['follow-on'])
  assert.deepEqual(kinds(1, [domain()], [vm({ state: 'Stopping' })]), ['follow-on'])
})

test('copies without a right are ended', () => {
  assert.deepEqual(kinds(2, [domain({ generation: 2 })], [vm()]), ['end-copy'], 'an older generation elsewhere')
  assert.deepEqual(kinds(1, [domain()], [vm({ state: 'Destroyed', hostId: null })]), ['end-copy'])
  assert.deepEqual(kinds(1, [domain()], [vm({ state: 'Expunged', removed: true, hostId: null })]), ['end-copy'])
})

test('a guest on another host than the row says is never believed at once', () => {
  assert.deepEqual(kinds(2, [domain()], [vm()]), ['two-hosts'])
})

test('what a run holds, what migrates and what is not ours is left alone', () => {
  assert.deepEqual(kinds(1, [], [vm({ busy: true })]), [])
  assert.deepEqual(kinds(2, [domain({ generation: 1 })], [vm({ busy: true })]), [])
  assert.deepEqual(kinds(2, [domain({ migrating: 'incoming', state: 'paused' })], [vm()]), [])
  assert.deepEqual(kinds(1, [domain({ instanceName: 'foreign', uuid: '2', generation: 0 })], []), [])
  assert.deepEqual(kinds(1, [domain({ instanceName: 'i-9-9-VM', generation: 4 })], []), ['unknown-guest'])
})

test('never ends the copy that the row names, whatever is reported', () => {
  const drawn = fc.record({
    power: fc.constantFrom('PowerOn', 'PowerOff', 'PowerUnknown' as const),
    generation: fc.nat(6),
    migrating: fc.constantFrom('none', 'incoming', 'outgoing' as const),
    state: fc.constantFrom('Running', 'Starting', 'Stopping', 'Migrating', 'Stopped'),
    reporter: fc.constantFrom(1, 2),
    complete: fc.boolean(),
    reported: fc.boolean(),
  })
  fc.assert(
    fc.property(drawn, ({ power, generation, migrating, state, reporter, complete, reported }) => {
      const row = vm({ state, hostId: state === 'Stopped' ? null : 1 })
      const domains = reported
        ? [
            domain({
              power: power as DomainReport['power'],
              generation,
              migrating: migrating as DomainReport['migrating'],
            }),
          ]
        : []
      for (const action of planPower({ hostId: reporter, domains, complete }, [row])) {
        if (action.kind !== 'end-copy') continue
        assert.notEqual(row.hostId, reporter, 'the row places it here')
        assert.ok(generation < row.generation, 'only an older generation is ended')
      }
    }),
  )
})

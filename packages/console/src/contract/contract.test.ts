import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Command } from './contract-types.ts'
import { currentValues, formFields, isComplete, sentValues } from './form-fields.ts'
import { formatBytes, formatDuration, formatValue, parseTime } from './format.ts'
import { fieldLabel, labelOf } from './labels.ts'
import { linkOf } from './links.ts'
import { actionsOf, isSensible, type Resource, resourcesOf } from './resources.ts'

const file = new URL('../../../../contract/list-apis.json', import.meta.url)
const commands = new Map(
  (JSON.parse(readFileSync(file, 'utf8')) as Command[]).map((command) => [command.name, command]),
)
const resources = resourcesOf(commands)
const resource = (list: string): Resource => {
  const found = resources.find((one) => one.list === list)
  assert.ok(found, list)
  return found
}
const labels = (list: string): readonly string[] => actionsOf(resource(list), commands).map(({ label }) => label)

test('every list command that asks for nothing has a page, with an address of its own and columns', () => {
  assert.ok(resources.length > 25)
  const paths = resources.map(({ path }) => path)
  assert.equal(new Set(paths).size, paths.length)
  for (const one of resources) assert.ok(one.columns.length > 0, one.list)
})

test('the actions of an object are the commands that name it', () => {
  for (const label of ['Start', 'Stop', 'Reboot', 'Migrate', 'Destroy', 'Update', 'Deploy virtual machine'])
    assert.ok(labels('listVirtualMachines').includes(label), label)
  assert.ok(labels('listHosts').includes('Add host'))
  assert.ok(labels('listClusters').includes('Add cluster'))
  assert.ok(labels('listConfigurations').includes('Update'))
  // A zone is where a pod is made, not what is acted on; a NIC is added to a machine that is there.
  assert.ok(!labels('listZones').includes('Create pod'))
  if (commands.has('addNicToVirtualMachine')) assert.ok(labels('listVirtualMachines').includes('Add NIC'))
  const start = actionsOf(resource('listVirtualMachines'), commands).find(
    ({ command }) => command.name === 'startVirtualMachine',
  )
  assert.ok(start && isSensible(start, { state: 'Stopped' }) && !isSensible(start, { state: 'Running' }))
})

test('a command that nobody has heard of has its page, words and group', () => {
  const tapes = { ...(commands.get('listVolumes') as Command), name: 'listBackupTapes' }
  const found = resourcesOf(new Map([...commands, ['listBackupTapes', tapes]])).find(
    ({ list }) => list === 'listBackupTapes',
  )
  assert.equal(found?.path, 'backup-tapes')
  assert.deepEqual(found?.words, ['backup tape', 'backup tapes'])
  assert.equal(found?.group, 'storage')
})

test('an object is chosen from the list that its parameter is named after', () => {
  const from = (command: string, param: string): string | undefined =>
    formFields(commands.get(command) as Command).find(({ name }) => name === param)?.from
  assert.equal(from('deployVirtualMachine', 'templateid'), 'listTemplates')
  assert.equal(from('deployVirtualMachine', 'networkids'), 'listNetworks')
  assert.equal(from('attachVolume', 'id'), 'listVolumes')
  assert.equal(from('createSnapshot', 'volumeid'), 'listVolumes')
  assert.equal(actionsOf(resource('listIsos'), commands)[0]?.command.name, 'registerIso')
})

test('an ISO is offered what is named after ISOs, a template what is named after templates', () => {
  const names = (list: string): string[] => actionsOf(resource(list), commands).map(({ command }) => command.name)
  const twins = ['register', 'update', 'delete']
  assert.deepEqual(
    twins.flatMap((verb) => names('listIsos').filter((name) => name.startsWith(verb) && /Iso|Template/.test(name))),
    ['registerIso', 'updateIso', 'updateIsoPermissions', 'deleteIso'],
  )
  assert.ok(!names('listTemplates').some((name) => /Iso/.test(name)), names('listTemplates').join(' '))
})

test('a form asks for what is required first and never for what is refused', () => {
  const fields = formFields(commands.get('deployVirtualMachine') as Command)
  assert.deepEqual(
    fields
      .slice(0, 3)
      .map(({ name }) => name)
      .sort(),
    ['serviceofferingid', 'templateid', 'zoneid'],
  )
  assert.equal(fields[0]?.name, 'zoneid')
  for (const { param } of fields) assert.equal(param.unsupported, undefined)
  assert.ok(!fields.some(({ name }) => name === 'dryrun'))
  assert.equal(fields.find(({ name }) => name === 'networkids')?.control, 'entities')
  const secret = formFields(commands.get('addHost') as Command).find(({ name }) => name === 'password')
  assert.equal(secret?.control, 'secret')
  for (const command of commands.values())
    for (const field of formFields(command)) assert.ok(field.label !== '' && !/undefined/.test(field.label), field.name)
})

test('what is sent: what was filled in, and of an update what differs', () => {
  const fields = formFields(commands.get('updateHost') as Command, ['id'])
  const before = currentValues(fields, { id: 'x', name: 'kvm1', annotation: 'rack 4', allocationstate: 'Enabled' })
  assert.deepEqual(sentValues({ ...before, annotation: 'rack 5', hosttags: [] }, before), { annotation: 'rack 5' })
  assert.deepEqual(sentValues({ ...before, annotation: '' }, before), { annotation: '' })
  assert.equal(isComplete(formFields(commands.get('createPod') as Command), { name: 'p' }), false)
})

test('run-together names are told apart', () => {
  assert.equal(labelOf('memoryallocatedpercentage'), 'Memory allocated percentage')
  assert.equal(labelOf('cpuwithoverprovisioning'), 'CPU with overprovisioning')
  assert.equal(labelOf('dns1'), 'DNS 1')
  assert.equal(labelOf('startVirtualMachine'), 'Start virtual machine')
  assert.equal(fieldLabel('zonename'), 'Zone')
  assert.equal(fieldLabel('hostname'), 'Host')
})

test('values are shown in units', () => {
  assert.equal(formatBytes(1536), '1.5 KiB')
  assert.equal(formatValue('memory', 'integer', 512), '512 MiB')
  assert.equal(formatValue('disksizetotal', 'long', 10 * 1024 ** 4), '10 TiB')
  assert.equal(formatValue('isready', 'boolean', true), '✓')
  assert.equal(formatDuration(61_000), '1 min 1 s')
  assert.equal(parseTime('2026-01-02T03:04:05+0000'), Date.UTC(2026, 0, 2, 3, 4, 5))
  assert.equal(linkOf('hostname', { hostid: 'h', hostname: 'kvm1' }), '/hosts/h')
  assert.equal(linkOf('hostname', { hostname: 'kvm1' }), undefined)
})

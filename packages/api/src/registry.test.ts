import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CommandDefinition, type Input, roleTypes } from './define-command.ts'
import type { ResponseDefinition } from './define-response.ts'
import { type addHost, commandDefinition, commands, type deployVirtualMachine, listHosts } from './registry.ts'
import { isReadOnly } from './wire/common-params.ts'

const definitions: readonly (readonly [string, CommandDefinition])[] = Object.entries(commands)

for (const [name, definition] of definitions) {
  test(`${name} is declared consistently`, () => {
    assert.equal(definition.name, name)
    assert.ok(definition.description.endsWith('.'), definition.description)
    assert.ok(definition.roles.length > 0 && definition.roles.every((role) => roleTypes.includes(role)))
    if (definition.response === 'success') assert.equal(definition.key, undefined)
    if (definition.kind === 'list') {
      assert.ok(definition.key, 'a list needs its key')
      for (const paging of ['page', 'pagesize', 'keyword']) assert.ok(definition.params[paging], paging)
    }
    if (isReadOnly(definition)) assert.equal(definition.event, undefined)
    else assert.match(definition.event ?? '', /^[A-Z0-9._]+$/, 'what changes something records an event')
    for (const [param, declared] of Object.entries(definition.params)) {
      assert.ok(declared.description.endsWith('.'), `${param}: ${declared.description}`)
      if (declared.entity) assert.ok(declared.access, `${param} has no access`)
      if (declared.entity) assert.ok(declared.type === 'uuid' || declared.items === 'uuid', `${param} is no uuid`)
      if (declared.unsupported) assert.ok(declared.unsupported.reason.endsWith('.'), param)
      if (declared.unsupported) assert.ok(!declared.required, `${param} is required but refused`)
      if (/password|secretkey/.test(param) && declared.type === 'string') assert.ok(declared.sensitive, param)
    }
    if (definition.response !== 'success') checkFields(definition.response)
  })
}

function checkFields(response: ResponseDefinition): void {
  for (const [name, field] of Object.entries(response.fields)) {
    assert.ok(field.description.endsWith('.'), `${response.name}.${name}: ${field.description}`)
    if (field.of) checkFields(field.of)
  }
}

test('names are case-sensitive and inherited properties are no commands', () => {
  assert.equal(commandDefinition('listHosts'), listHosts)
  assert.equal(commandDefinition('listhosts'), undefined)
  assert.equal(commandDefinition('constructor'), undefined)
  assert.equal(commandDefinition('__proto__'), undefined)
})

test('inputs are typed: required ones must be there, refused ones cannot be', () => {
  const deploy: Input<typeof deployVirtualMachine> = {
    serviceofferingid: 'a',
    templateid: 'b',
    zoneid: 'c',
    startvm: true,
  }
  // @ts-expect-error zoneid is required
  const missing: Input<typeof deployVirtualMachine> = { serviceofferingid: 'a', templateid: 'b' }
  // @ts-expect-error a refused parameter never reaches a handler
  const refused: Input<typeof deployVirtualMachine> = { ...deploy, volumeid: 'x' }
  // @ts-expect-error lists are arrays
  const wrong: Input<typeof addHost>['hosttags'] = 'a,b'
  assert.ok(deploy && missing && refused && wrong)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ApiField, describeApis } from './list-apis.ts'
import { commandNames, listApis } from './registry.ts'
import { shapeObject } from './wire/shape.ts'

const all = describeApis(() => true)

test('every command is described with what cmk asserts', () => {
  assert.deepEqual(all.map(({ name }) => name).toSorted(), [...commandNames].toSorted())
  for (const api of all) {
    assert.equal(typeof api.name, 'string')
    assert.equal(typeof api.description, 'string')
    assert.equal(typeof api.isasync, 'boolean')
    assert.ok(Array.isArray(api.params) && Array.isArray(api.response) && api.response.length > 0, api.name)
    for (const param of api.params) {
      assert.equal(typeof param.name, 'string')
      assert.equal(typeof param.type, 'string')
      assert.equal(typeof param.required, 'boolean')
      assert.ok(param.description.length > 2, `${api.name} ${param.name}`)
      assert.equal(typeof param.length, 'number')
    }
    checkFields(api.response)
  }
})

function checkFields(fields: readonly ApiField[]): void {
  for (const field of fields) {
    assert.ok(field.name && field.type && field.description.length > 1, JSON.stringify(field))
    checkFields(field.response ?? [])
  }
}

test('the answer of listApis can be shaped by its own definition', () => {
  for (const api of all) assert.equal(shapeObject(listApis.response, api, 'User').name, api.name)
})

test('commands and parameters that the caller may not use are left out', () => {
  assert.deepEqual(
    describeApis((name) => name === 'listZones').map(({ name }) => name),
    ['listZones'],
  )
  const deploy = (role: 'Admin' | 'User'): readonly string[] =>
    describeApis((name) => name === 'deployVirtualMachine', role)[0]?.params.map(({ name }) => name) ?? []
  assert.ok(deploy('Admin').includes('hostid'))
  assert.ok(!deploy('User').includes('hostid'))
  assert.ok(deploy('User').includes('dryrun'))
})

test('reads are GET, changes are POST and take dryrun, sessions have no plan', () => {
  const byName = new Map(all.map((api) => [api.name, api]))
  assert.equal(byName.get('listHosts')?.httprequesttype, 'GET')
  assert.equal(byName.get('addHost')?.httprequesttype, 'POST')
  assert.equal(byName.get('queryAsyncJobResult')?.httprequesttype, 'GET')
  assert.ok(byName.get('deleteHost')?.params.some(({ name }) => name === 'dryrun'))
  assert.ok(!byName.get('login')?.params.some(({ name }) => name === 'dryrun'))
  assert.equal(byName.get('deployVirtualMachine')?.isasync, true)
})
